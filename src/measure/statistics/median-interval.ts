import { binomialAtMost } from "./binomial.ts";
import { bootstrapInterval, type Interval } from "./bootstrap.ts";
import { medianOfSorted } from "./order.ts";

/**
 * Interval of a median: the percentile bootstrap's, widened to the exact one from order statistics where that reaches
 * further. Alone the bootstrap's covers the true median in 92 to 95 % of samples of 6 to 16 values, where 95 % is claimed
 * (counted on normal, heavy-tailed and skewed data); together they cover it in 95 % and more.
 */
export function medianInterval(values: readonly number[], { seed, level }: { seed: number; level: number }): Interval {
  const sorted = Float64Array.from(values).sort();
  const boot = bootstrapInterval(sorted, (sample) => medianOfSorted(sample.sort()), { seed, level });
  const exact = orderStatistics(sorted, level);
  return { low: Math.min(boot.low, exact.low), high: Math.max(boot.high, exact.high) };
}

/**
 * The k-th smallest and k-th largest value, k as large as 2 P(X < k) <= 1 - level allows for X ~ Binomial(n, 1/2): the
 * number of values below the true median. Where even k = 1 does not reach the level (5 values and fewer at 95 %), the
 * smallest and the largest.
 */
function orderStatistics(sorted: Float64Array, level: number): Interval {
  let k = 1;
  while (k < sorted.length / 2 && 2 * binomialAtMost(k, sorted.length, 0.5) <= 1 - level) k++;
  return { low: sorted[k - 1] ?? Number.NaN, high: sorted[sorted.length - k] ?? Number.NaN };
}
