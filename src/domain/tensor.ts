import type { SizeRange } from "./sizes.ts";

/** Element types at a model's edge, by their ONNX/numpy names. */
export const DTYPES = [
  "float32",
  "float64",
  "float16",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "bool",
  "string",
] as const;
export type Dtype = (typeof DTYPES)[number];

/** A dimension whose size is known only when the model runs, within limits. Dimensions of one name always have one size. */
export type AxisRange = SizeRange & { readonly axis: number; readonly name: string };

export interface TensorSignature {
  readonly name: string;
  readonly dtype: Dtype;
  /** Sizes; -1 where the size is only known when the model runs. */
  readonly shape: readonly number[];
  /** Of an input: limits of the sizes that are -1. Absent where the recipe gives no range. */
  readonly ranges?: readonly AxisRange[];
}

export interface ModelSignature {
  readonly inputs: readonly TensorSignature[];
  readonly outputs: readonly TensorSignature[];
}
