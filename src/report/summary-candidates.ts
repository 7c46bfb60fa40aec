import type { TensorAgreement } from "../domain/agreement.ts";
import type { CandidateReport, TargetReport } from "../domain/report.ts";
import type { Speed } from "../domain/speed.ts";
import type { VerdictKind } from "../domain/verdict.ts";
import { cleanLine } from "./clean-text.ts";
import { displayWidth, wrap } from "./display-width.ts";
import { failureClass } from "./failure-text.ts";
import { formatBytes, formatPercentile, formatSignificant, formatSpeed } from "./format.ts";
import { type Column, fitColumns, renderTable } from "./table.ts";
import type { Paint, Theme } from "./theme.ts";

/**
 * A row per candidate, winner marked. Columns that do not fit move to a line below the row; where not even the main ones
 * fit, each candidate becomes a block. Whatever is not plainly accepted has its reason below.
 */
export function renderCandidates(target: TargetReport, theme: Theme): string[] {
  const rows = target.candidates;
  if (rows.length === 0) return [];
  for (const verdict of ["word", "symbol"] as const) {
    const table = fitColumns(columns(target, theme, verdict), rows, theme.width);
    const titles = table.dropped.map((column) => column.title);
    // The verdict's symbol alone saves the room that the median needs; its word then stands in the line below.
    if (!table.fits || (verdict === "word" && titles.includes("p50"))) continue;
    return renderTable(table.columns, rows, theme, (row) => [
      ...leftOver(row, table.dropped, theme),
      ...reasons(row, theme, verdict === "symbol"),
    ]);
  }
  return rows.flatMap((row) => block(row, target, theme));
}

type Row = CandidateReport;

function columns(target: TargetReport, theme: Theme, verdict: "word" | "symbol"): Column<Row>[] {
  const { paint } = theme;
  // Where every proof is as strong as the heading says, a column of them tells nothing.
  const sameProof = target.candidates.every((row) => row.proof === null || row.proof === target.proof);
  return [
    { title: "  candidate", cell: (row) => `${marker(row, target, theme, verdict)} ${row.id}` },
    { title: "verdict", cell: (row) => (verdict === "word" ? verdictPaint(row.verdict, theme)(row.verdict) : null) },
    { title: "max abs", cell: (row) => worstOf(row, (output) => output.maxAbs), align: "right", drop: 1 },
    { title: "rel L2", cell: (row) => worstOf(row, (output) => output.relL2), align: "right", drop: 2 },
    { title: "metric (reference)", cell: (row) => metric(row, theme), drop: 4 },
    {
      title: "speed v. baseline",
      cell: (row) => row.speed && speedPaint(row.speed, theme)(formatSpeed(row.speed)),
    },
    { title: "p50", cell: (row) => row.speed && formatPercentile(row.speed.percentiles.p50), align: "right", drop: 3 },
    { title: "proof", cell: (row) => (sameProof || row.proof === null ? null : paint.dim(row.proof)), drop: 5 },
    { title: "size", cell: (row) => (row.bytes === null ? null : formatBytes(row.bytes)), align: "right", drop: 6 },
  ];
}

function marker(row: Row, target: TargetReport, { paint, symbols }: Theme, verdict: "word" | "symbol"): string {
  const won = target.winner?.candidate === row.id;
  if (verdict === "word") return won ? paint.green(symbols.winner) : " ";
  const symbol: Readonly<Record<VerdictKind, string>> = {
    accepted: paint.green(won ? symbols.winner : symbols.done),
    rejected: paint.red(symbols.failed),
    undecided: paint.yellow(symbols.undecided),
    failed: paint.red(symbols.failed),
  };
  return symbol[row.verdict];
}

function verdictPaint(verdict: VerdictKind, { paint }: Theme): Paint {
  if (verdict === "accepted") return paint.green;
  return verdict === "undecided" ? paint.yellow : paint.red;
}

function speedPaint(speed: Speed, { paint }: Theme): Paint {
  if (speed.verdict === "faster") return paint.green;
  return speed.verdict === "slower" ? paint.red : paint.yellow;
}

/** The largest over all outputs; `n/a` where one of them has no number. */
function worstOf({ agreement }: Row, measure: (output: TensorAgreement) => number | null): string | null {
  if (agreement === null || agreement.outputs.length === 0) return null;
  const values = agreement.outputs.map(measure);
  return values.includes(null) ? "n/a" : formatSignificant(Math.max(...values.map((value) => value ?? 0)));
}

function metric({ agreement }: Row, { paint }: Theme): string | null {
  if (agreement === null || agreement.metric === null) return null;
  const { candidate, reference, verdict } = agreement.metric;
  const text = `${formatSignificant(candidate, 4)} (${formatSignificant(reference, 4)})`;
  if (verdict === "kept") return text;
  return verdict === "lost" ? paint.red(text) : paint.yellow(text);
}

const BELOW = "      ";

/** The cells that had no room. Sizes are left out: the winner's stands beside its artifact. */
function leftOver(row: Row, dropped: readonly Column<Row>[], theme: Theme): string[] {
  const parts = dropped.flatMap((column) => {
    const cell = column.cell(row);
    return cell === null || column.title === "size" ? [] : [column.title === "proof" ? cell : `${column.title} ${cell}`];
  });
  if (parts.length === 0) return [];
  const separator = ` ${theme.symbols.separator} `;
  const lines: string[] = [];
  let line = "";
  for (const part of parts) {
    const longer = line === "" ? part : line + separator + part;
    if (line !== "" && displayWidth(longer) > theme.width - BELOW.length) {
      lines.push(line);
      line = part;
    } else {
      line = longer;
    }
  }
  return [...lines, line].map((text) => BELOW + theme.paint.dim(text));
}

/** Why it is not accepted, or what is to be known although it is. */
function reasons(row: Row, theme: Theme, withVerdict: boolean): string[] {
  const sentences: string[] = [];
  const verdict = withVerdict && row.verdict !== "accepted" ? `${row.verdict}, ` : "";
  if (row.failure !== null) sentences.push(verdict + failureClass(row.failure));
  else if (row.reason.code !== "agrees") sentences.push(`${verdict}${row.reason.code}: ${cleanLine(row.reason.message)}`);
  sentences.push(...(row.agreement?.outputs ?? []).flatMap((output) => outputFaults(output, row.reason.message)));
  sentences.push(...[...row.notes, ...(row.speed?.notes ?? [])].map((note) => `${theme.symbols.note} ${cleanLine(note)}`));
  const paint = row.failure === null && row.verdict === "accepted" ? theme.paint.dim : (text: string) => text;
  return sentences.flatMap((sentence) =>
    wrap(sentence, theme.width - BELOW.length - 2).map((line, index) => paint((index === 0 ? BELOW : `${BELOW}  `) + line)),
  );
}

/** What is wrong with an output and where most, as far as the candidate's own reason has not told it. */
function outputFaults({ name, verdict, fault, worst }: TensorAgreement, told: string): string[] {
  if (verdict === "agrees") return [];
  const sentences = fault === null || told.includes(fault) ? [] : [`${name}: ${cleanLine(fault)}`];
  if (worst === null) return sentences;
  const place = `[${worst.index.join(", ")}]`;
  if (`${told} ${fault ?? ""}`.includes(place)) return sentences;
  const [value, reference] = [formatSignificant(worst.value, 6), formatSignificant(worst.reference, 6)];
  return [...sentences, `worst: sample ${worst.sample}, ${name}${place} is ${value} where the reference has ${reference}`];
}

function block(row: Row, target: TargetReport, theme: Theme): string[] {
  const [, , ...rest] = columns(target, theme, "word");
  const facts = rest.flatMap((column) => {
    const cell = column.cell(row);
    return cell === null ? [] : [`    ${theme.paint.dim(column.title)} ${cell}`];
  });
  const head = `${marker(row, target, theme, "symbol")} ${theme.paint.bold(row.id)}`;
  return [`${head} ${verdictPaint(row.verdict, theme)(row.verdict)}`, ...facts, ...reasons(row, theme, false)];
}
