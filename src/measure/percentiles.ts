import { PERCENTILES, type Percentile } from "../domain/recipe.ts";
import type { PercentileValue } from "../domain/speed.ts";
import { quantileOfSorted } from "./statistics/order.ts";

/** How sure a claim about a percentile must be. */
export const PERCENTILE_CONFIDENCE = 0.99;

const SHARES: Readonly<Record<Percentile, number>> = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 };

/** `p99` -> 0.99 */
export function percentileShare(percentile: Percentile): number {
  return SHARES[percentile];
}

/**
 * Samples without which nothing can be said about a percentile: the smallest n for which n samples all below a limit show,
 * with 99 % confidence and whatever the distribution is, that the percentile is below it: p^n <= 0.01, so n = ceil(ln 0.01
 * / ln p). p50 needs 7, p90 44, p95 90, p99 459.
 */
export function samplesNeeded(percentile: Percentile): number {
  return Math.ceil(Math.log(1 - PERCENTILE_CONFIDENCE) / Math.log(SHARES[percentile]));
}

/** The percentiles of the samples, in nanoseconds, by nearest rank; those with too few samples say how many they need. */
export function percentilesOf(samples: ArrayLike<number>): Readonly<Record<Percentile, PercentileValue>> {
  const sorted = Float64Array.from(samples).sort();
  const value = (percentile: Percentile): PercentileValue => {
    const needs = samplesNeeded(percentile);
    if (sorted.length < needs) return { needs, samples: sorted.length };
    return { nanoseconds: quantileOfSorted(sorted, SHARES[percentile]), samples: sorted.length };
  };
  return { p50: value("p50"), p90: value("p90"), p95: value("p95"), p99: value("p99") };
}

/** The most samples any of the limited percentiles needs; 0 without limits. */
export function samplesForLimits(limits: Readonly<Partial<Record<Percentile, unknown>>>): number {
  return Math.max(0, ...PERCENTILES.filter((each) => limits[each] !== undefined).map(samplesNeeded));
}
