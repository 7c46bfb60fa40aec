/** Numeric precisions a candidate can be asked for, most precise first. */
export const PRECISIONS = ["float32", "bfloat16", "float16", "int8"] as const;
export type Precision = (typeof PRECISIONS)[number];

/** Rank for tie breaks: 0 is the most precise. */
export function precisionRank(precision: Precision): number {
  return PRECISIONS.indexOf(precision);
}
