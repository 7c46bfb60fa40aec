import type { ExecutionFacts } from "../domain/facts.ts";
import type { Precision } from "../domain/precision.ts";

/** Shares of the work done in the precisions a recipe can ask for, from 0 to 1, adding up to 1 unless nothing is known. */
export interface PrecisionShares {
  readonly by: "time" | "operators";
  readonly shares: Readonly<Record<Precision, number>>;
  /** Share of the work in anything else that computes: narrower than a recipe can ask for (float8, int4), or of a name nobody knows. */
  readonly other: number;
  /** Their names, as the runtime says them. */
  readonly otherNames: readonly string[];
}

/**
 * The share of the work from which on a precision decides how large the errors are. A choice, not a measurement: errors of
 * a precision that is 2^8 or more coarser outweigh all others long before it does half of the work; and by number of
 * operators a tenth is already much, since only the heavy ones are lowered (41.9 % of the operators were 99 % of the time).
 */
export const DECIDING_SHARE = { time: 0.25, operators: 0.1 } as const;

/**
 * Names of runtimes -> the precision they count as. float64 is no loss against float32; 8-bit integers of either sign are
 * quantised arithmetic.
 */
const COUNTS_AS: Readonly<Record<string, Precision>> = {
  float64: "float32",
  f64: "float32",
  float32: "float32",
  f32: "float32",
  bfloat16: "bfloat16",
  bf16: "bfloat16",
  float16: "float16",
  f16: "float16",
  int8: "int8",
  i8: "int8",
  uint8: "int8",
  u8: "int8",
};

/** Wider integers, booleans and text are index arithmetic of any model: they count for nothing. */
const COUNTS_FOR_NOTHING = /^(?:u?int(?:16|32|64)|[iu](?:16|32|64)|bool(?:ean)?|i1|u1|string|text)$/;

/**
 * Folds what a runtime reported: by time where every counted precision has one, else by number of operators. Time is the
 * better measure: in the PP-OCR recogniser bfloat16 did 99 % of the time with 42 % of the operators.
 */
export function precisionShares(executed: ExecutionFacts["executedPrecision"]): PrecisionShares {
  const counted = Object.entries(executed)
    .filter(([name]) => !COUNTS_FOR_NOTHING.test(name.toLowerCase()))
    .map(([name, share]) => ({ name, precision: COUNTS_AS[name.toLowerCase()] ?? ("other" as const), ...share }));
  const timed = counted.length > 0 && counted.every((each) => each.time !== null) && counted.some((each) => (each.time ?? 0) > 0);
  const sums = { float32: 0, bfloat16: 0, float16: 0, int8: 0, other: 0 };
  for (const each of counted) sums[each.precision] += timed ? (each.time ?? 0) : each.ops;
  const total = sums.float32 + sums.bfloat16 + sums.float16 + sums.int8 + sums.other;
  if (total > 0) for (const precision of Object.keys(sums) as (keyof typeof sums)[]) sums[precision] /= total;
  const { other, ...shares } = sums;
  const otherNames = counted.filter(({ precision }) => precision === "other").map(({ name }) => name);
  return { by: timed ? "time" : "operators", shares, other, otherNames };
}
