import type { MetricAgreement } from "../domain/agreement.ts";
import type { Failure } from "../domain/failure.ts";
import type { MetricBudget } from "../domain/quantity.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { bootstrapInterval } from "./statistics/bootstrap.ts";
import { mean } from "./statistics/order.ts";

export interface MetricRequest {
  /** The metric script, for the report. */
  readonly script: string;
  /** Scores of the same samples in the same order; higher is better. */
  readonly reference: readonly number[];
  readonly candidate: readonly number[];
  readonly budget: MetricBudget;
  readonly seed: number;
}

/**
 * The task metric's gate, on paired scores: resampling keeps a sample's two scores together, so what samples differ in
 * cancels.
 *
 * - `kept`: the candidate's mean score reaches the floor. The recipe asks for a mean over its own validation data, and that
 *   is what is held to it; the interval beside it tells how far other data of the kind might move it.
 * - `lost`: the mean is below the floor, and so is the whole 95 % interval of what is left over it: more data would not
 *   save it.
 * - `undecided`: the mean is below the floor, but the interval reaches it. Such a candidate is not accepted either; more
 *   validation samples would tell.
 *
 * For a share of the reference the interval is of `candidate - share x reference` per sample, so it holds the reference's
 * own uncertainty too.
 *
 * @returns `script-error` for scores that are missing, not finite or not as many on both sides, and for a share of a
 *   reference mean that is not above zero (99 % of -2 would be better than the reference).
 */
export function judgeMetric(request: MetricRequest): Result<MetricAgreement, Failure> {
  const fault = scoreFault(request);
  if (fault !== null) return err({ reason: "script-error", message: fault });
  const { reference, candidate, budget, seed } = request;
  const referenceMean = mean(reference);
  const floor = budget.kind === "share-of-reference" ? (budget.percent / 100) * referenceMean : referenceMean - budget.points / 100;
  const difference = Float64Array.from(candidate, (score, i) => score - (reference[i] ?? 0));
  const interval = bootstrapInterval(difference, mean, { seed, resamples: 4_000 });
  return ok({
    script: request.script,
    samples: candidate.length,
    reference: referenceMean,
    candidate: mean(candidate),
    difference: mean(difference),
    ...interval,
    keep: budget.text,
    floor,
    verdict: verdictOf(request, floor),
  });
}

/**
 * Relative rounding error that a mean of a few thousand scores may carry: a candidate equal to the floor must not fail by
 * it.
 */
const ROUNDING = 1e-12;

function verdictOf({ reference, candidate, budget, seed }: MetricRequest, floor: number): MetricAgreement["verdict"] {
  const share = budget.kind === "share-of-reference" ? budget.percent / 100 : 1;
  const allowance = budget.kind === "share-of-reference" ? 0 : budget.points / 100;
  const left = Float64Array.from(candidate, (score, i) => score - share * (reference[i] ?? 0) + allowance);
  const slack = ROUNDING * Math.max(1, Math.abs(floor));
  if (mean(left) >= -slack) return "kept";
  return bootstrapInterval(left, mean, { seed, resamples: 4_000 }).high < -slack ? "lost" : "undecided";
}

function scoreFault({ reference, candidate, budget }: MetricRequest): string | null {
  if (candidate.length === 0) return "the metric gave no scores";
  if (reference.length !== candidate.length) {
    return `the metric gave ${candidate.length} scores for the candidate and ${reference.length} for the reference`;
  }
  const strange = [...candidate, ...reference].find((score) => !Number.isFinite(score));
  if (strange !== undefined) return `the metric gave a score of ${strange}`;
  if (budget.kind === "share-of-reference" && mean(reference) <= 0) {
    return `a share of the reference (${budget.text}) needs a reference score above zero, and its mean is ${mean(reference)}; keep it in points instead`;
  }
  return null;
}
