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
  /** Sums of squares: of the difference, the reference, the candidate. */
  readonly difference: number;
  readonly reference: number;
  readonly candidate: number;
  /** Sum of reference * candidate. */
  readonly inner: number;
  /** Elements outside the tolerance. */
  readonly over: number;
  /** NaNs in the reference, whatever the candidate has there. */
  readonly referenceNaNs: number;
  /** Elements where only one side is finite, or the kinds of non-finite value differ. */
  readonly strange: number;
  readonly firstStrange: StrangeElement | null;
  /** With elements outside the tolerance, the one that exceeds it most; else the largest difference; null when all are equal. */
  readonly worst: WorstElement | null;
}

/** ||candidate - reference|| / ||reference||: 0 when both are zero; null when only the reference is, or beyond float64. */
export function relativeL2({ difference, reference }: Pick<TensorSums, "difference" | "reference">): number | null {
  if (difference === 0) return 0;
  const ratio = Math.sqrt(difference) / Math.sqrt(reference);
  return Number.isFinite(ratio) ? ratio : null;
}

/** Cosine of the two flattened tensors: 1 when both are zero, 0 when one is; null beyond float64. */
export function cosine({ reference, candidate, inner }: Pick<TensorSums, "reference" | "candidate" | "inner">): number | null {
  if (reference === 0 && candidate === 0) return 1;
  if (reference === 0 || candidate === 0) return 0;
  const value = inner / (Math.sqrt(reference) * Math.sqrt(candidate));
  return Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : null;
}

/** Root mean square of the reference's finite elements; 0 for an empty tensor. */
export function referenceRms({ reference, finite }: Pick<TensorSums, "reference" | "finite">): number {
  return finite === 0 ? 0 : Math.sqrt(reference / finite);
}
