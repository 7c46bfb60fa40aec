/** Why a candidate was judged as it was: a closed set with a row each in docs/diagnostics.md. */
export const VERDICT_CODES = [
  "agrees",
  "agrees-in-part",
  "output-missing",
  "output-shape",
  "output-dtype",
  "output-not-finite",
  "output-mismatch",
  "precision-not-executed",
  "metric-lost",
  "metric-undecided",
  "latency-over",
  "latency-undecided",
  "not-run-here",
] as const;
export type VerdictCode = (typeof VERDICT_CODES)[number];

/** Why a target has no winner: a closed set with a row each in docs/diagnostics.md. */
export const TARGET_CODES = [
  "no-candidate",
  "not-installed",
  "no-environment",
  "proof-short",
  "none-accepted",
  "all-failed",
  "publish-failed",
  "interrupted",
  "report-missing",
  "artifact-missing",
  "artifact-damaged",
] as const;
export type TargetCode = (typeof TARGET_CODES)[number];

export type VerdictKind = "accepted" | "rejected" | "undecided" | "failed";

export interface VerdictReason {
  readonly code: string;
  readonly message: string;
}
