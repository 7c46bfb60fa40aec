import type { MetricAgreement } from "../domain/agreement.ts";
import type { Failure } from "../domain/failure.ts";
import type { MetricBudget } from "../domain/quantity.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type { VerdictCode } from "../domain/verdict.ts";
import { counted } from "./numbers.ts";
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
 * A bootstrap's interval never reaches beyond the least and the greatest of its values, and of n values these hold the centre
 * they scatter around with 1 - 2 x 0.5^n: 94 % for 5, 97 % for 6. Of fewer none is a 95 % interval, and that of one value has no width.
 */
const LEAST_SAMPLES = 6;

/**
 * The task metric's gate, on paired scores: resampling keeps a sample's two scores together, so what samples differ in
 * cancels.
 *
 * - `kept`: the candidate's mean score reaches the floor. The recipe asks for a mean over its own validation data, and that
 *   is what is held to it; the interval beside it tells how far other data of the kind might move it.
 * - `lost`: the mean is below the floor, and so is the whole 95 % interval of what is left over it: more data would not
 *   save it.
 * - `undecided`: the mean is below the floor, but the interval reaches it, or there are fewer than 6 samples. Such a candidate is
 *   not accepted either; more validation samples would tell.
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
  if (left.length < LEAST_SAMPLES) return "undecided";
  return bootstrapInterval(left, mean, { seed, resamples: 4_000 }).high < -slack ? "lost" : "undecided";
}

/** Why a metric that was not kept is lost or undecided. */
export function metricReason(metric: MetricAgreement): { readonly code: VerdictCode; readonly message: string } {
  const score = `score ${metric.candidate.toFixed(4)} (reference ${metric.reference.toFixed(4)}), to keep: ${metric.keep}`;
  if (metric.verdict === "lost") return { code: "metric-lost", message: score };
  const found = counted(metric.samples, "sample");
  const few = metric.samples < LEAST_SAMPLES ? `${found} cannot tell, it takes at least ${LEAST_SAMPLES}` : `${found} are too few to tell`;
  return { code: "metric-undecided", message: `${score}; ${few}` };
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
