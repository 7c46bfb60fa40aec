import type { Duration } from "../domain/quantity.ts";
import { PERCENTILES, type Percentile } from "../domain/recipe.ts";
import type { VerdictCode } from "../domain/verdict.ts";
import { counted, grouped, percent } from "./numbers.ts";
import { PERCENTILE_CONFIDENCE, percentileShare } from "./percentiles.ts";
import { binomialAtLeast, binomialAtMost } from "./statistics/binomial.ts";

/** What the samples say about one limit, such as `p99: 60 ms`. */
export interface LatencyFinding {
  readonly verdict: "accepted" | "over" | "undecided";
  readonly samples: number;
  /** Samples above the limit. */
  readonly over: number;
  /**
   * Where undecided: how many samples in all would decide it if no further one lay above the limit; null where the share
   * above is already so large that more samples would only confirm it.
   */
  readonly needs: number | null;
}

/**
 * Exact binomial test, free of any assumption about the distribution. If the p-th percentile were above the limit, each
 * sample would lie above the limit with a chance of more than 1 - p. Accepted when so few lie above that this has a chance
 * of at most 1 % (none of 459 for p99); over when so many do that the opposite has; else undecided. Samples are taken as
 * independent.
 */
export function judgeLatency(percentile: Percentile, limitNs: number, samplesNs: ArrayLike<number>): LatencyFinding {
  const samples = samplesNs.length;
  let over = 0;
  for (let i = 0; i < samples; i++) if ((samplesNs[i] ?? 0) > limitNs) over++;
  const chance = 1 - percentileShare(percentile);
  const doubt = 1 - PERCENTILE_CONFIDENCE + 1e-12;
  if (samples > 0 && binomialAtMost(over, samples, chance) <= doubt) return { verdict: "accepted", samples, over, needs: null };
  if (over > 0 && binomialAtLeast(over, samples, chance) <= doubt) return { verdict: "over", samples, over, needs: null };
  return { verdict: "undecided", samples, over, needs: over > samples * chance ? null : samplesThatAccept(over, chance, doubt) };
}

/** The verdict over all limits of a recipe: rejected if one is over, else undecided if one is, else accepted. */
export interface LatencyVerdict {
  readonly verdict: "accepted" | "rejected" | "undecided";
  readonly reason: { readonly code: VerdictCode; readonly message: string };
}

export function judgeLatencies(limits: Readonly<Partial<Record<Percentile, Duration>>>, samplesNs: ArrayLike<number>): LatencyVerdict {
  const judged = PERCENTILES.flatMap((percentile) => {
    const limit = limits[percentile];
    return limit === undefined ? [] : [{ percentile, limit, ...judgeLatency(percentile, limit.nanoseconds, samplesNs) }];
  });
  const over = judged.find((each) => each.verdict === "over");
  if (over) return { verdict: "rejected", reason: { code: "latency-over", message: describe(over, "is above") } };
  const undecided = judged.find((each) => each.verdict === "undecided");
  if (undecided) {
    const needs = undecided.needs === null ? "" : `; it needs ${counted(undecided.needs, "sample")} with no further one above`;
    return { verdict: "undecided", reason: { code: "latency-undecided", message: `${describe(undecided, "may be above")}${needs}` } };
  }
  const kept = judged.map((each) => `${each.percentile} is within ${each.limit.text}`).join(", ");
  return { verdict: "accepted", reason: { code: "agrees", message: kept || "no latency limit" } };
}

function describe(finding: LatencyFinding & { percentile: Percentile; limit: Duration }, relation: string): string {
  const share = finding.samples === 0 ? 0 : finding.over / finding.samples;
  return `${finding.percentile} ${relation} ${finding.limit.text}: ${grouped(finding.over)} of ${counted(finding.samples, "sample")} (${percent(share)}) are`;
}

function samplesThatAccept(over: number, chance: number, doubt: number): number {
  let low = over + 1;
  let high = Math.max(8, 2 * low);
  while (binomialAtMost(over, high, chance) > doubt) high *= 2;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (binomialAtMost(over, middle, chance) <= doubt) high = middle;
    else low = middle + 1;
  }
  return high;
}
