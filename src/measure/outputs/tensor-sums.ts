import type { WorstElement } from "../../domain/agreement.ts";

/** A place where reference and candidate are not both finite, and not the same. */
export interface StrangeElement {
  readonly sample: number;
  readonly index: readonly number[];
  readonly value: number;
  readonly reference: number;
}

/** What was found out of one output over all samples. */
export interface TensorSums {
  readonly elements: number;
  /** Elements that are finite on both sides: all sums are over these. */
  readonly finite: number;
  readonly maxAbs: number;
  /** Sums of squares: of the difference, and of the reference. */
  readonly difference: number;
  readonly reference: number;
  /** Sum of reference * candidate. */
  readonly inner: number;
  /** Elements outside the tolerance. */
  readonly over: number;
  /** NaNs in the reference, whatever the candidate has there. */
  readonly referenceNaNs: number;
  /** Elements where only one side is finite, or the kinds of non-finite value differ. */
  readonly strange: number;
  readonly firstStrange: StrangeElement | null;
  /**
   * With elements outside the tolerance, the one that exceeds it most; else the largest difference; null when all are
   * equal.
   */
  readonly worst: WorstElement | null;
}

/** ||candidate - reference|| / ||reference||: 0 when both are zero; null when only the reference is, or beyond float64. */
export function relativeL2({ difference, reference }: Pick<TensorSums, "difference" | "reference">): number | null {
  if (difference === 0) return 0;
  const ratio = Math.sqrt(difference) / Math.sqrt(reference);
  return Number.isFinite(ratio) ? ratio : null;
}

/** A candidate that is shorter than the reference by more than this has no direction that rounding left. */
const SHORTEST = 1e-6;

/**
 * Cosine of the two flattened tensors: 1 when both are zero, 0 when one is, or the candidate as good as; null beyond
 * float64. The candidate's own sum of squares is not taken but follows from the others, |c|^2 = |c - r|^2 + 2 r.c - |r|^2,
 * with an error of rounding relative to |r|^2: nothing, unless c is far shorter than r.
 */
export function cosine({ difference, reference, inner }: Pick<TensorSums, "difference" | "reference" | "inner">): number | null {
  const candidate = difference + 2 * inner - reference;
  if (reference === 0 && difference === 0) return 1;
  if (reference === 0 || candidate <= SHORTEST ** 2 * reference) return 0;
  const value = inner / (Math.sqrt(reference) * Math.sqrt(candidate));
  return Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : null;
}

/** Root mean square of the reference's finite elements; 0 for an empty tensor. */
export function referenceRms({ reference, finite }: Pick<TensorSums, "reference" | "finite">): number {
  return finite === 0 ? 0 : Math.sqrt(reference / finite);
}
