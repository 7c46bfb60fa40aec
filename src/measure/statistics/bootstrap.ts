import { quantileOfSorted } from "./order.ts";
import { seededRandom } from "./random.ts";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  readonly seed: number;
  /**
   * 2,000 unless told. The end of a 95 % interval is a 2.5 % quantile; from B draws of a normal statistic its standard error
   * is sqrt(0.025 x 0.975 / B) / 0.058 standard deviations: 1.5 % of the interval's width for 2,000.
   */
  readonly resamples?: number;
  /** 0.95 unless told. */
  readonly level?: number;
}

/**
 * Percentile bootstrap interval (Efron 1979): the statistic of many samples drawn with replacement from the values.
 * `statistic` may reorder what it is given. Deterministic for a seed. The interval of one value, or of equal ones, is that
 * value.
 */
export function bootstrapInterval(
  values: ArrayLike<number>,
  statistic: (sample: Float64Array) => number,
  options: BootstrapOptions,
): Interval {
  const { seed, resamples = 2_000, level = 0.95 } = options;
  const random = seededRandom(seed);
  const source = Float64Array.from(values);
  const sample = new Float64Array(source.length);
  const statistics = new Float64Array(resamples);
  for (let round = 0; round < resamples; round++) {
    for (let i = 0; i < sample.length; i++) sample[i] = source[random.below(source.length)] ?? 0;
    statistics[round] = statistic(sample);
  }
  statistics.sort();
  const tail = (1 - level) / 2;
  return { low: quantileOfSorted(statistics, tail), high: quantileOfSorted(statistics, 1 - tail) };
}
