import type { Speed } from "../../domain/speed.ts";
import { counted, percent } from "../numbers.ts";
import { percentilesOf } from "../percentiles.ts";
import type { Interval } from "../statistics/bootstrap.ts";
import { medianInterval } from "../statistics/median-interval.ts";
import { median } from "../statistics/order.ts";
import type { Round } from "./run-round.ts";

/**
 * With fewer rounds no verdict is given: where there are less than 12, the interval is to hold the median with 99 %, and not
 * even the smallest and the largest of n values hold it with more than 1 - 2 x 0.5^n (order statistics; 98.4 % for 7, 99.2 %
 * for 8).
 */
export const LEAST_ROUNDS = 8;

export interface SummaryContext {
  readonly baseline: string;
  readonly margin: number;
  readonly threads: number;
  readonly seed: number;
  /** Rounds that are needed before tainted ones can be left out. */
  readonly enough: number;
  readonly notes: readonly string[];
}

/** A speed, with every time of the candidate that it rests on. */
export interface Measured {
  readonly speed: Speed;
  /** Wall times of single inferences of the candidate in the rounds that count, in nanoseconds. */
  readonly samplesNs: Float64Array;
}

/**
 * Makes one speed of the rounds. Tainted rounds are left out where enough clean ones are there. Where the host was never
 * quiet for long enough, all rounds count, the interval is taken at 99 % instead of 95 %, and a note says so: an honest
 * "undecided" on a busy host, not a failure.
 */
export function summarise(rounds: readonly Round[], context: SummaryContext): Measured {
  const clean = rounds.filter((round) => round.taint === null);
  const quiet = clean.length >= context.enough;
  const used = quiet ? clean : rounds;
  const interval = ratioInterval(used, context.seed, quiet ? 0.95 : 0.99);
  const samplesNs = Float64Array.from(used.flatMap((round) => round.candidate.wallNs));
  const speed: Speed = {
    baseline: context.baseline,
    ratio: median(used.map((round) => round.ratio)),
    ...interval,
    verdict: used.length < LEAST_ROUNDS ? "undecided" : verdictOf(interval, context.margin),
    margin: context.margin,
    threads: context.threads,
    percentiles: percentilesOf(samplesNs),
    baselineMedianNs: median(used.flatMap((round) => round.baseline.wallNs)),
    cpuMedianNs: median(used.flatMap((round) => round.candidate.cpuNs)),
    baselineCpuMedianNs: median(used.flatMap((round) => round.baseline.cpuNs)),
    samples: samplesNs.length,
    rounds: used.length,
    taintedRounds: rounds.length - clean.length,
    notes: [...context.notes, ...notesOn(rounds, used, interval, context)],
  };
  return { speed, samplesNs };
}

/**
 * Interval of the median of the rounds' ratios. Rounds are resampled, not single times: times within a round share its
 * disturbances, and an interval over them would be far too narrow.
 */
export function ratioInterval(rounds: readonly Round[], seed: number, level: number): Interval {
  return medianInterval(
    rounds.map((round) => round.ratio),
    { seed, level },
  );
}

function verdictOf({ low, high }: Interval, margin: number): Speed["verdict"] {
  if (low > 1 + margin) return "faster";
  return high < 1 - margin ? "slower" : "undecided";
}

function notesOn(rounds: readonly Round[], used: readonly Round[], interval: Interval, { margin }: SummaryContext): string[] {
  const notes: string[] = [];
  const tainted = rounds.filter((round) => round.taint !== null);
  const reason = mostFrequent(tainted.map((round) => round.taint ?? ""));
  const dirty = used.filter((round) => round.taint !== null).length;
  if (dirty > 0) {
    notes.push(
      `The host was not quiet: ${dirty} of ${used.length} rounds are disturbed (${reason}) and count all the same, with a 99 % interval.`,
    );
  } else if (tainted.length > 0) {
    notes.push(`${tainted.length} disturbed rounds were repeated (${reason}).`);
  }
  if (used.length < LEAST_ROUNDS) notes.push(tooFew(used.length));
  else if (interval.low >= 1 - margin && interval.high <= 1 + margin)
    notes.push(`Any difference is smaller than the margin of ${percent(margin)}.`);
  return notes;
}

function tooFew(rounds: number): string {
  return `Only ${counted(rounds, "round")} fitted into the time, and a verdict takes at least ${LEAST_ROUNDS}: too few for a 99 % interval.`;
}

/** Of texts that differ in their numbers only, the first of the largest group. */
function mostFrequent(texts: readonly string[]): string {
  const groups = Object.values(Object.groupBy(texts, (text) => text.replace(/[\d.]+/g, "#")));
  return groups.toSorted((a, b) => (b?.length ?? 0) - (a?.length ?? 0))[0]?.[0] ?? "";
}
