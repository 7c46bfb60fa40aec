import { describe, expect, test } from "vitest";
import { judgeLatencies, judgeLatency } from "../../../src/measure/judge-latency.ts";
import { percentilesOf, samplesForLimits, samplesNeeded } from "../../../src/measure/percentiles.ts";
import { seededRandom } from "../../../src/measure/statistics/random.ts";

/** `count` samples of 10, of which `over` are 30. */
const samples = (count: number, over: number): number[] => Array.from({ length: count }, (_, i) => (i < over ? 30 : 10));
const LIMIT = 20;

describe("samples a percentile needs", () => {
  test.each([
    ["p50", 7],
    ["p90", 44],
    ["p95", 90],
    ["p99", 459],
  ] as const)("%s: %i", (percentile, needs) => {
    expect(samplesNeeded(percentile)).toBe(needs);
    expect(percentilesOf(samples(needs - 1, 0))[percentile]).toEqual({ needs, samples: needs - 1 });
    expect(percentilesOf(samples(needs, 0))[percentile]).toEqual({ nanoseconds: 10, samples: needs });
  });

  test("nearest rank", () => {
    const values = Array.from({ length: 1_000 }, (_, i) => 1_000 - i);
    const ns = (percentile: "p50" | "p90" | "p95" | "p99") => percentilesOf(values)[percentile];
    expect([ns("p50"), ns("p90"), ns("p95"), ns("p99")]).toEqual(
      [500, 900, 950, 990].map((nanoseconds) => ({ nanoseconds, samples: 1_000 })),
    );
  });

  test("for a recipe's limits", () => {
    expect(samplesForLimits({ p50: {}, p99: {} })).toBe(459);
    expect(samplesForLimits({})).toBe(0);
  });
});

describe("p99 within a limit", () => {
  test.each([
    [458, 0, "undecided", 459],
    [459, 0, "accepted", null],
    // With one over, 1 % doubt needs 662 samples; with two, 838.
    [661, 1, "undecided", 662],
    [662, 1, "accepted", null],
    [837, 2, "undecided", 838],
    [838, 2, "accepted", null],
    [459, 5, "undecided", null],
    [459, 12, "over", null],
    [3, 2, "over", null],
    [1, 1, "over", null],
    [0, 0, "undecided", 459],
  ] as const)("%i samples, %i over: %s", (count, over, verdict, needs) => {
    expect(judgeLatency("p99", LIMIT, samples(count, over))).toEqual({ verdict, samples: count, over, needs });
  });
});

test("a distribution whose p95 is at the limit is wrongly accepted or refused in about 1 of 100 cases each", () => {
  const random = seededRandom(11);
  let [accepted, over] = [0, 0];
  for (let trial = 0; trial < 2_000; trial++) {
    const drawn = Array.from({ length: 300 }, () => (random.below(100) < 5 ? 30 : 10));
    const { verdict } = judgeLatency("p95", LIMIT, drawn);
    if (verdict === "accepted") accepted++;
    if (verdict === "over") over++;
  }
  expect(accepted / 2_000).toBeLessThan(0.015);
  expect(over / 2_000).toBeLessThan(0.015);
});

describe("a recipe's limits", () => {
  const limit = { nanoseconds: LIMIT, text: "20 ns" };

  test("all within", () => {
    expect(judgeLatencies({ p50: limit, p99: limit }, samples(459, 0))).toEqual({
      verdict: "accepted",
      reason: { code: "agrees", message: "p50 is within 20 ns, p99 is within 20 ns" },
    });
    expect(judgeLatencies({}, [])).toMatchObject({ verdict: "accepted" });
  });

  test("one over outweighs one undecided", () => {
    expect(judgeLatencies({ p50: limit, p99: limit }, samples(400, 300))).toEqual({
      verdict: "rejected",
      reason: { code: "latency-over", message: "p50 is above 20 ns: 300 of 400 samples (75 %) are" },
    });
  });

  test("too few samples", () => {
    expect(judgeLatencies({ p50: limit, p99: limit }, samples(100, 0))).toEqual({
      verdict: "undecided",
      reason: {
        code: "latency-undecided",
        message: "p99 may be above 20 ns: 0 of 100 samples (0 %) are; it needs 459 samples with no further one above",
      },
    });
  });
});
