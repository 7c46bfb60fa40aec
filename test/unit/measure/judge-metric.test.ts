import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MetricAgreement } from "../../../src/domain/agreement.ts";
import type { MetricBudget } from "../../../src/domain/quantity.ts";
import { judgeMetric, metricReason } from "../../../src/measure/judge-metric.ts";
import { seededRandom } from "../../../src/measure/statistics/random.ts";

const share: MetricBudget = { kind: "share-of-reference", percent: 99.5, text: "99.5 % of reference" };
const points: MetricBudget = { kind: "points-below-reference", points: 0.5, text: "0.5 pp" };

function judge(reference: readonly number[], candidate: readonly number[], budget: MetricBudget): MetricAgreement {
  const result = judgeMetric({ script: "metric.py", reference, candidate, budget, seed: 7 });
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** 1,000 scores of which `wrong` are 0. */
const scores = (wrong: number): number[] => Array.from({ length: 1_000 }, (_, i) => (i < wrong ? 0 : 1));

describe.each([share, points])("to keep $text", (budget) => {
  test("equal scores are kept, with an interval of nothing", () => {
    expect(judge(scores(100), scores(100), budget)).toMatchObject({ verdict: "kept", difference: 0, low: 0, high: 0, keep: budget.text });
  });

  test("better scores are kept", () => {
    expect(judge(scores(100), scores(50), budget).verdict).toBe("kept");
  });

  test("a clear loss is lost", () => {
    expect(judge(scores(100), scores(150), budget)).toMatchObject({ verdict: "lost", difference: expect.closeTo(-0.05, 12) });
  });

  test("a loss just below the floor is undecided", () => {
    expect(judge(scores(100), scores(106), budget).verdict).toBe("undecided");
  });
});

describe("few samples", () => {
  const ones = (count: number): number[] => Array<number>(count).fill(1);
  const halves = (count: number): number[] => Array<number>(count).fill(0.5);

  test.each([1, 2, 5])("%i cannot show a loss, however large it is", (count) => {
    expect(judge(ones(count), halves(count), share).verdict).toBe("undecided");
    expect(judge(ones(count), halves(count), points).verdict).toBe("undecided");
  });

  test("6 that all lose show it", () => {
    expect(judge(ones(6), halves(6), share).verdict).toBe("lost");
  });

  test("one that reaches the floor is kept: the recipe asks for a mean over its own samples", () => {
    expect(judge([1], [1], points).verdict).toBe("kept");
    expect(judge([1], [0.995], share).verdict).toBe("kept");
  });
});

test("what is said of a metric that was not kept", () => {
  const said = [judge(scores(100), scores(150), points), judge(scores(100), scores(106), points), judge([1, 1], [1, 0], points)].map(
    metricReason,
  );
  expect(said).toEqual([
    { code: "metric-lost", message: "score 0.8500 (reference 0.9000), to keep: 0.5 pp" },
    { code: "metric-undecided", message: "score 0.8940 (reference 0.9000), to keep: 0.5 pp; 1,000 samples are too few to tell" },
    {
      code: "metric-undecided",
      message: "score 0.5000 (reference 1.0000), to keep: 0.5 pp; 2 samples cannot tell, it takes at least 6",
    },
  ]);
});

test("the floor is what the recipe's unit means, and reaching it exactly is enough", () => {
  expect(judge(scores(200), scores(204), share)).toMatchObject({ floor: expect.closeTo(0.796, 12), reference: 0.8, verdict: "kept" });
  expect(judge(scores(200), scores(205), points)).toMatchObject({ floor: expect.closeTo(0.795, 12), verdict: "kept" });
});

test("the same seed gives the same interval, and pairing matters", () => {
  const random = seededRandom(3);
  const reference = Array.from({ length: 200 }, () => random.below(1_000) / 1_000);
  const candidate = reference.map((score) => score - 0.001);
  expect(judge(reference, candidate, points)).toEqual(judge(reference, candidate, points));
  expect(judge(reference, candidate, points)).toMatchObject({ low: expect.closeTo(-0.001, 9), high: expect.closeTo(-0.001, 9) });
  expect(judge(reference, candidate.toReversed(), points).low).toBeLessThan(-0.01);
});

test("the verdict follows the mean: never kept below the floor, never lost above it", () => {
  const score = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(score, score), { minLength: 1, maxLength: 40 }), (pairs) => {
      const reference = pairs.map(([value]) => value + 0.01);
      const found = judge(
        reference,
        pairs.map(([, value]) => value),
        share,
      );
      if (Math.abs(found.candidate - found.floor) < 1e-9) return;
      expect(found.verdict === "kept").toBe(found.candidate > found.floor);
      expect(found.low).toBeLessThanOrEqual(found.difference + 1e-12);
      expect(found.high).toBeGreaterThanOrEqual(found.difference - 1e-12);
    }),
    { numRuns: 30 },
  );
});

test.each([
  { of: "no scores", reference: [], candidate: [], budget: share, message: "the metric gave no scores" },
  {
    of: "fewer scores",
    reference: [1, 1],
    candidate: [1],
    budget: share,
    message: "the metric gave 1 scores for the candidate and 2 for the reference",
  },
  {
    of: "a score that is no number",
    reference: [1],
    candidate: [Number.NaN],
    budget: points,
    message: "the metric gave a score of NaN",
  },
  {
    of: "a share of a score that is not above zero",
    reference: [-2],
    candidate: [-2],
    budget: share,
    message:
      "a share of the reference (99.5 % of reference) needs a reference score above zero, and its mean is -2; keep it in points instead",
  },
])("$of is the script's error", ({ reference, candidate, budget, message }) => {
  const result = judgeMetric({ script: "metric.py", reference, candidate, budget, seed: 1 });
  expect(result).toEqual({ ok: false, error: { reason: "script-error", message } });
});
