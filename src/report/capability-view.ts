import type { Support } from "../domain/toolchain.ts";
import { cleanLine } from "./clean-text.ts";
import { wrap } from "./display-width.ts";
import { formatCount } from "./format.ts";
import type { Theme } from "./theme.ts";

/** What a parser says of a model. */
export interface ParserCapability {
  readonly toolchain: string;
  readonly title: string;
  readonly version: string | null;
  readonly supported: boolean;
  /** Nodes of the main graph; indexes below count them from 0. */
  readonly nodes: number;
  /** Runs of nodes. Of a model that is not supported as a whole, those that the parser found nothing against. */
  readonly subgraphs: readonly { readonly supported: boolean; readonly nodes: readonly number[] }[];
  /** By index; null where the fault is of no node. */
  readonly unsupported: readonly {
    readonly index: number | null;
    readonly node: string | null;
    readonly operator: string | null;
    /** TensorRT's own word: `UNSUPPORTED_NODE`. */
    readonly code: string;
    readonly reason: string;
  }[];
  readonly notes: readonly string[];
}

/** The report of one file, with what the toolchain says of a target. */
export interface CapabilityReport extends ParserCapability {
  readonly model: string;
  readonly target: { readonly name: string; readonly precisions: Readonly<Record<string, Support>> } | null;
}

/** `fettle tensorrt capability MODEL`. */
export function renderCapability(report: CapabilityReport, theme: Theme): string {
  const { paint, symbols } = theme;
  const { model, title, version, supported, nodes, subgraphs, unsupported, notes } = report;
  const [colour, symbol] = supported ? [paint.green, symbols.done] : [paint.red, symbols.failed];
  const who = version === null ? title : `${title} ${version}`;
  const verdict = supported ? `${who} takes all of it` : `${who} does not take all of it`;
  const parts = subgraphs.length > 1 ? ` in ${subgraphs.length} parts` : "";
  const taken = formatCount(nodes - new Set(unsupported.flatMap(({ index }) => index ?? [])).size, "node");
  const lines = [`${colour(symbol)} ${paint.bold(cleanLine(model))}  ${colour(verdict)}`];
  lines.push(`    ${paint.dim(supported ? formatCount(nodes, "node") : `nothing against ${taken} of ${nodes}${parts}`)}`);
  const faults = unsupported.map(({ index, node, operator, reason }) => {
    const where = operator === null ? "the model" : `${operator} node ${node ?? ""}${index === null ? "" : ` (${index})`}`;
    return `${where}: ${reason}`;
  });
  for (const text of faults) lines.push(...marked(text, paint.red(symbols.failed), theme));
  for (const text of [...targetLines(report), ...notes]) lines.push(...marked(text, symbols.note, theme));
  return `${lines.join("\n")}\n`;
}

/** `fettle tensorrt capability MODEL --json`. */
export function capabilityDocument(report: CapabilityReport) {
  return { schema: "fettle.capability/1", ...report };
}

function targetLines({ target }: CapabilityReport): string[] {
  if (target === null) return [];
  return Object.entries(target.precisions).map(([precision, support]) =>
    support.yes ? `${target.name} in ${precision}: can be compiled` : `${target.name} in ${precision}: no, ${support.why}`,
  );
}

function marked(text: string, mark: string, theme: Theme): string[] {
  return wrap(cleanLine(text), theme.width - 6).map((line, index) => (index === 0 ? `  ${mark} ${line}` : `    ${line}`));
}
