import type { OutputTolerance } from "./recipe.ts";
import type { SeenAxis } from "./sizes.ts";

/** The element that strays furthest from the reference. */
export interface WorstElement {
  /** Sample in the validation split, then the index inside that sample's output. */
  readonly sample: number;
  readonly index: readonly number[];
  readonly value: number;
  readonly reference: number;
}

/** One output tensor over all validation samples, compared with the reference. All sums are float64. */
export interface TensorAgreement {
  readonly name: string;
  readonly elements: number;
  /** max |out - ref|; null where non-finite values make it meaningless. */
  readonly maxAbs: number | null;
  /** ||out - ref||2 / ||ref||2; 0 when both are zero. */
  readonly relL2: number | null;
  /** Cosine of the two flattened tensors; 1 when both are zero. */
  readonly cosine: number | null;
  /** Share of elements with |out - ref| > atol + rtol * |ref|. */
  readonly mismatch: number;
  readonly worst: WorstElement | null;
  readonly tolerance: OutputTolerance;
  readonly verdict: "agrees" | "disagrees";
  /** Why not, in one sentence. */
  readonly fault: string | null;
}

export interface MetricAgreement {
  readonly script: string;
  readonly samples: number;
  /** Means of the per-sample scores. */
  readonly reference: number;
  readonly candidate: number;
  /** candidate - reference, with its 95 % paired bootstrap interval. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** What had to be kept, as the recipe says it, and the score that means. */
  readonly keep: string;
  readonly floor: number;
  readonly verdict: "kept" | "lost" | "undecided";
}

export interface Agreement {
  readonly outputs: readonly TensorAgreement[];
  readonly metric: MetricAgreement | null;
  /** Which sizes the samples had, of the dimensions that the recipe gives a range; absent where it gives none. */
  readonly sizes?: readonly SeenAxis[];
}
