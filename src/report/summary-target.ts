import type { Estimate, ExecutionFacts } from "../domain/facts.ts";
import { PERCENTILES } from "../domain/recipe.ts";
import { type CandidateReport, isExcused, type TargetReport } from "../domain/report.ts";
import type { Speed } from "../domain/speed.ts";
import { cleanLine } from "./clean-text.ts";
import { wrap } from "./display-width.ts";
import {
  formatBytes,
  formatCount,
  formatNanoseconds,
  formatPercentile,
  formatRatioInterval,
  formatShare,
  formatSignificant,
  formatSpeed,
} from "./format.ts";
import { renderCandidates } from "./summary-candidates.ts";
import type { Theme } from "./theme.ts";

/** A target's part of the summary: heading, candidates, winner, and what a reader must know besides. */
export function summariseTarget(target: TargetReport, theme: Theme): string[] {
  return [
    heading(target, theme),
    ...reason(target, theme),
    ...renderCandidates(target, theme),
    ...winner(target, theme),
    ...notWorthIt(target, theme),
    ...untried(target, theme),
    ...target.notes.flatMap((note) => paragraph(`${theme.symbols.note} ${cleanLine(note)}`, theme)),
  ];
}

const INDENT = "  ";

function paragraph(text: string, theme: Theme, indent = INDENT): string[] {
  return wrap(text, theme.width - indent.length - 2).map((line, index) => (index === 0 ? indent : `${indent}  `) + line);
}

function heading(target: TargetReport, { paint, symbols }: Theme): string {
  const { status, proof, required, optional } = target;
  const bad = isExcused(target) ? ([paint.yellow, symbols.undecided] as const) : ([paint.red, symbols.failed] as const);
  const [colour, symbol] = status === "accepted" ? [paint.green, symbols.done] : bad;
  const level = proof === null ? `${required} required` : proof === required ? proof : `${proof}, ${required} required`;
  return `${paint.bold(target.target)}  ${colour(`${symbol} ${status}`)}  ${paint.dim(optional === true ? `${level}, optional` : level)}`;
}

function reason(target: TargetReport, theme: Theme): string[] {
  // An accepted target's reason is its winner's, which the table shows.
  if (target.reason === null || target.status === "accepted") return [];
  return paragraph(`${target.reason.code}: ${cleanLine(target.reason.message)}`, theme);
}

function winner(target: TargetReport, theme: Theme): string[] {
  if (target.winner === null) return [];
  const { paint, symbols } = theme;
  const { candidate, artifact, digest } = target.winner;
  const report = target.candidates.find((each) => each.id === candidate);
  const speed = report?.speed ?? null;
  const size = report === undefined || report.bytes === null ? "" : `  ${paint.dim(formatBytes(report.bytes))}`;
  const lines = ["", `${INDENT}${paint.green(symbols.winner)} ${paint.bold(candidate)}`];
  const add = (label: string, text: string): void => {
    lines.push(`${INDENT}  ${paint.dim(label.padEnd(LABEL_WIDTH))}  ${text}`);
  };
  add("artifact", artifact + size);
  add("digest", paint.dim(digest));
  for (const [label, text] of [...executed(report?.facts ?? null), ...declared(report), ...(speed === null ? [] : measurements(speed))]) {
    const [first = "", ...rest] = wrap(text, theme.width - INDENT.length - 4 - LABEL_WIDTH);
    add(label, first);
    for (const line of rest) add("", line);
  }
  return lines;
}

const LABEL_WIDTH = "artifact".length;

/** What it really ran in, the largest share first: by time where the runtime tells, else by number of operators. */
function executed(facts: ExecutionFacts | null): [label: string, text: string][] {
  if (facts === null) return [];
  const shares = Object.entries(facts.executedPrecision)
    .map(([name, { ops, time }]) => ({ name, share: time ?? ops, of: time === null ? "the operators" : "the time" }))
    .sort((a, b) => b.share - a.share);
  if (shares.length === 0) return [];
  const text = shares.map(({ name, share, of }) => `${cleanLine(name)} for ${formatShare(share)} of ${of}`).join(", ");
  return [["ran in", facts.precisionEvidence === "executed" ? text : `${text} (as declared, not read back)`]];
}

/** What is known of a winner that ran nowhere, each as what it is: what the network declares, and a compiler's estimates. */
function declared(report: CandidateReport | undefined): [label: string, text: string][] {
  if (!report?.declared || report.facts !== null) return [];
  const { precision, estimates } = report.declared;
  const shares = Object.entries(precision).sort(([, a], [, b]) => b - a);
  const text = shares.map(([name, share]) => `${cleanLine(name)} for ${formatShare(share)} of the network's operators`).join(", ");
  return [
    ...(shares.length === 0 ? [] : ([["declares", `${text} (not run)`]] satisfies [string, string][])),
    ...estimates.map((each): [string, string] => ["estimate", `${cleanLine(each.of)} ${formatEstimate(each)}, by ${cleanLine(each.by)}`]),
  ];
}

function formatEstimate({ value, unit }: Estimate): string {
  if (unit === "s") return formatNanoseconds(value * 1e9);
  if (unit === "bytes") return formatBytes(value);
  return unit === "count" ? formatSignificant(value, 3) : `${formatSignificant(value, 3)} ${unit}`;
}

function measurements(speed: Speed): [label: string, text: string][] {
  const latency = PERCENTILES.map((name) => `${name} ${formatPercentile(speed.percentiles[name])}`).join(", ");
  const tainted = speed.taintedRounds === 0 ? "" : `, ${formatCount(speed.taintedRounds, "disturbed round")}`;
  return [
    ["latency", `${latency} (${speed.samples} taken)`],
    [
      "speed",
      `${formatSpeed(speed)}; baseline ${speed.baseline} at ${formatNanoseconds(speed.baselineMedianNs)}; ` +
        `${formatCount(speed.threads, "thread")}, ${formatCount(speed.rounds, "interleaved round")}${tainted}`,
    ],
    ["cpu time", `${formatNanoseconds(speed.cpuMedianNs)}, baseline ${formatNanoseconds(speed.baselineCpuMedianNs)}`],
  ];
}

/** Fettle also says when it was all for nothing: no accepted candidate is surely faster than what the user has already. */
function notWorthIt(target: TargetReport, theme: Theme): string[] {
  const measured = target.candidates.filter(isAcceptedAndMeasured);
  const [first, ...others] = measured;
  if (first === undefined || measured.some((candidate) => candidate.speed.verdict === "faster")) return [];
  const best = others.reduce((a, b) => (b.speed.ratio > a.speed.ratio ? b : a), first);
  const text =
    `not worth it: nothing accepted here is surely faster than the baseline ${best.speed.baseline}; the best, ` +
    `${best.id}, comes to ${formatRatioInterval(best.speed)}. The untouched model serves as well.`;
  return paragraph(text, theme).map(theme.paint.yellow);
}

function isAcceptedAndMeasured(candidate: CandidateReport): candidate is CandidateReport & { readonly speed: Speed } {
  return candidate.verdict === "accepted" && candidate.speed !== null;
}

function untried(target: TargetReport, theme: Theme): string[] {
  return target.untried.flatMap(({ id, why }) =>
    paragraph(`${theme.symbols.pending} not tried: ${id}: ${cleanLine(why)}`, theme).map(theme.paint.dim),
  );
}
