import { cleanLine } from "./clean-text.ts";
import { wrap } from "./display-width.ts";
import type { Theme } from "./theme.ts";

/** What `fettle poplar check` found. */
export interface PoplarCheck {
  readonly file: string;
  /** Whether no rule refuses the model. */
  readonly taken: boolean;
  readonly opset: number | null;
  readonly findings: readonly {
    readonly rule: string;
    readonly refuses: boolean;
    readonly message: string;
    readonly mend: string | null;
  }[];
  /** Why the file is no model at all; null where it is one. */
  readonly fault: string | null;
}

/** Said with every answer, since nobody here had the SDK. */
const BASIS = "by PopART's documentation and sources; unverified against the SDK";

/** `fettle poplar check MODEL`. */
export function renderPoplarCheck({ file, taken, findings, fault }: PoplarCheck, theme: Theme): string {
  const { paint, symbols } = theme;
  const [colour, symbol] = taken ? [paint.green, symbols.done] : [paint.red, symbols.failed];
  const verdict = fault === null ? (taken ? "PopART can take it" : "PopART cannot take it") : "no model";
  const lines = [`${colour(symbol)} ${paint.bold(cleanLine(file))}  ${colour(verdict)}  ${paint.dim(BASIS)}`];
  if (fault !== null) lines.push(`    ${cleanLine(fault)}`);
  for (const { rule, refuses, message, mend } of findings) {
    const text = wrap(`${rule}: ${cleanLine(message)}${mend === null ? "" : `; ${cleanLine(mend)}`}`, theme.width - 6);
    const mark = refuses ? paint.red(symbols.failed) : symbols.note;
    lines.push(...text.map((line, index) => (index === 0 ? `  ${mark} ${line}` : `    ${line}`)));
  }
  return `${lines.join("\n")}\n`;
}

/** `fettle poplar check MODEL --json`. */
export function poplarCheckDocument(check: PoplarCheck) {
  return { schema: "fettle.poplar-check/1", ...check, basis: BASIS };
}
