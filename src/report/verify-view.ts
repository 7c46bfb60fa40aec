import { cleanLine } from "./clean-text.ts";
import { wrap } from "./display-width.ts";
import { formatCount } from "./format.ts";
import type { Theme } from "./theme.ts";

/** What a check of an artifact's folder found, before anything of it was loaded. */
export interface ArtifactCheck {
  readonly directory: string;
  readonly ok: boolean;
  readonly candidate: string | null;
  readonly target: string | null;
  readonly proof: string | null;
  readonly problems: readonly { readonly code: string; readonly message: string }[];
  /** Runtime packages it needs, with the installed version (null: none). */
  readonly packages: readonly { readonly name: string; readonly needs: string; readonly has: string | null }[];
}

/** `fettle verify DIR`. */
export function renderVerify(check: ArtifactCheck, theme: Theme): string {
  const { paint, symbols } = theme;
  const [colour, symbol] = check.ok ? [paint.green, symbols.done] : [paint.red, symbols.failed];
  const verdict = check.ok ? "whole, and this host can run it" : formatCount(check.problems.length, "problem");
  const lines = [`${colour(symbol)} ${paint.bold(check.directory)}  ${colour(verdict)}`];
  if (check.target !== null)
    lines.push(`    ${paint.dim(`${check.candidate ?? "?"} for ${check.target}, ${check.proof ?? "not proven"}`)}`);
  for (const { code, message } of check.problems) {
    const text = wrap(`${code}: ${cleanLine(message)}`, theme.width - 6);
    lines.push(...text.map((line, index) => (index === 0 ? `  ${paint.red(symbols.failed)} ${line}` : `    ${line}`)));
  }
  lines.push(...check.packages.map((each) => `  ${packageText(each, theme)}`));
  return `${lines.join("\n")}\n`;
}

/** `fettle verify DIR --json`. */
export function verifyDocument(check: ArtifactCheck) {
  return { schema: "fettle.verify/1", ...check };
}

function packageText({ name, needs, has }: ArtifactCheck["packages"][number], { paint, symbols }: Theme): string {
  if (has === null) return `${symbols.note} needs ${name} ${needs}: not installed here`;
  if (has === needs) return `${paint.green(symbols.done)} needs ${name} ${needs}: installed`;
  return `${paint.red(symbols.failed)} needs ${name} ${needs}: ${has} is installed`;
}
