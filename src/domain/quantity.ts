/** A length of time in nanoseconds, kept with the text the user wrote. */
export interface Duration {
  readonly nanoseconds: number;
  readonly text: string;
}

/** What a metric must keep, as the recipe states it. */
export type MetricBudget =
  /** `99.5 % of reference`: candidate mean >= percent / 100 x reference mean. */
  | { readonly kind: "share-of-reference"; readonly percent: number; readonly text: string }
  /** `0.5 pp`: candidate mean >= reference mean - points / 100, for scores between 0 and 1. */
  | { readonly kind: "points-below-reference"; readonly points: number; readonly text: string };
