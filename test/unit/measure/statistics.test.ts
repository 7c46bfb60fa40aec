import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binomialAtLeast, binomialAtMost } from "../../../src/measure/statistics/binomial.ts";
import { bootstrapInterval } from "../../../src/measure/statistics/bootstrap.ts";
import { medianInterval } from "../../../src/measure/statistics/median-interval.ts";
import { mean, median } from "../../../src/measure/statistics/order.ts";
import { type Random, seededRandom } from "../../../src/measure/statistics/random.ts";

/** Normally distributed with mean 0 and variance 1 (Box-Muller). */
function normal(random: Random): number {
  const uniform = (): number => (random.below(2 ** 32) + 0.5) / 2 ** 32;
  return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

describe("random numbers", () => {
  test("are the same for a seed, on every machine", () => {
    const random = seededRandom(42);
    expect(Array.from({ length: 6 }, () => random.below(1_000))).toMatchInlineSnapshot(`
      [
        153,
        850,
        18,
        211,
        534,
        881,
      ]
    `);
  });

  test("are uniform and differ between seeds", () => {
    const counts = Array<number>(10).fill(0);
    const random = seededRandom(1);
    for (let i = 0; i < 100_000; i++) {
      const drawn = random.below(10);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    // Five standard deviations of a binomial count are 474.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(474);
    expect(seededRandom(1).below(2 ** 32)).not.toBe(seededRandom(2).below(2 ** 32));
  });
});

describe("binomial distribution", () => {
  test.each([
    [0, 459, 0.01, 0.99 ** 459],
    [1, 3, 0.5, 0.5],
    [2, 4, 0.25, 1 - 4 * 0.25 ** 3 * 0.75 - 0.25 ** 4],
    [4, 4, 0.3, 1],
    [-1, 4, 0.3, 0],
  ])("P(X <= %i) of %i at %d", (k, n, p, expected) => {
    expect(binomialAtMost(k, n, p)).toBeCloseTo(expected, 12);
  });

  test("both tails overlap in one term", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000 }), fc.nat(3_000), fc.double({ min: 0.001, max: 0.999, noNaN: true }), (n, at, p) => {
        const k = at % n;
        expect(binomialAtMost(k, n, p) + binomialAtLeast(k + 1, n, p)).toBeCloseTo(1, 9);
      }),
    );
  });
});

test("median and mean", () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([5]), mean([1, 2, 6])]).toEqual([2, 2.5, 5, 3]);
  expect(median([])).toBeNaN();
});

describe("bootstrap", () => {
  test("is deterministic, and nothing for equal values", () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    expect(bootstrapInterval(values, mean, { seed: 5 })).toEqual(bootstrapInterval(values, mean, { seed: 5 }));
    expect(bootstrapInterval([2, 2, 2], mean, { seed: 5 })).toEqual({ low: 2, high: 2 });
  });

  test("a mean's interval covers the truth in about 95 of 100 samples", () => {
    const random = seededRandom(99);
    let covered = 0;
    for (let trial = 0; trial < 400; trial++) {
      const values = Array.from({ length: 60 }, () => 10 + normal(random));
      const { low, high } = bootstrapInterval(values, mean, { seed: trial, resamples: 1_000 });
      if (low <= 10 && 10 <= high) covered++;
    }
    expect(covered / 400).toBeGreaterThan(0.91);
    expect(covered / 400).toBeLessThan(0.985);
  });
});

test.each([6, 12, 40])("a median's interval over %i skewed values covers the truth in at least 95 of 100 samples", (count) => {
  const random = seededRandom(count);
  let covered = 0;
  for (let trial = 0; trial < 400; trial++) {
    const values = Array.from({ length: count }, () => Math.exp(normal(random)));
    const { low, high } = medianInterval(values, { seed: trial, level: 0.95 });
    if (low <= 1 && 1 <= high) covered++;
  }
  expect(covered / 400).toBeGreaterThanOrEqual(0.94);
});

test("a median's interval of few values is their range, and a higher level is wider", () => {
  expect(medianInterval([1, 2, 3], { seed: 1, level: 0.95 })).toEqual({ low: 1, high: 3 });
  const values = Array.from({ length: 30 }, (_, i) => i);
  const [narrow, wide] = [medianInterval(values, { seed: 1, level: 0.9 }), medianInterval(values, { seed: 1, level: 0.999 })];
  expect(wide.low).toBeLessThan(narrow.low);
  expect(wide.high).toBeGreaterThan(narrow.high);
});
