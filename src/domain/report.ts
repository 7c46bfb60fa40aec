import type { Agreement } from "./agreement.ts";
import type { Digest } from "./digest.ts";
import type { DeclaredFacts, ExecutionFacts } from "./facts.ts";
import type { Failure } from "./failure.ts";
import type { Precision } from "./precision.ts";
import type { ProofLevel } from "./proof.ts";
import type { Speed } from "./speed.ts";
import type { TargetCode, VerdictKind, VerdictReason } from "./verdict.ts";

export const REPORT_SCHEMA = "fettle.report/1";

/** What `fettle build --json` prints: one document. Its JSON Schema is schemas/report.schema.json. */
export interface RunReport {
  readonly schema: typeof REPORT_SCHEMA;
  readonly recipe: string;
  readonly source: RecipeSource;
  readonly status: "ok" | "rejected" | "failed" | "interrupted";
  readonly seconds: number;
  readonly steps: {
    readonly total: number;
    readonly executed: number;
    readonly cached: number;
    readonly failed: number;
    readonly skipped: number;
  };
  readonly targets: readonly TargetReport[];
  /** Failures that belong to no single candidate (fetch, data, reference). */
  readonly failures: readonly (Failure & { readonly step: string })[];
  readonly notes: readonly string[];
}

/** What a report is about: reports that differ in `digest` or `fettle` do not belong together. */
export interface RecipeSource {
  /** The recipe's file, as the user named it. */
  readonly file: string;
  /** Over all the recipe and the files of its targets say, and the contents of model, data and scripts; the same on every machine. */
  readonly digest: Digest;
  /** Version of Fettle. */
  readonly fettle: string;
}

export interface TargetReport {
  readonly target: string;
  readonly status: "accepted" | "rejected" | "failed" | "unavailable";
  /** How far the winner is proven; null without a winner. */
  readonly proof: ProofLevel | null;
  readonly required: ProofLevel;
  /** That it is `unavailable` does not fail the build. Absent: it does. */
  readonly optional?: true;
  readonly reason: { readonly code: TargetCode; readonly message: string } | null;
  readonly winner: { readonly candidate: string; readonly artifact: string; readonly digest: string } | null;
  readonly candidates: readonly CandidateReport[];
  /** Candidate -> seconds that its steps took in this build; what came from the store took none. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly untried: readonly { readonly id: string; readonly why: string }[];
  readonly notes: readonly string[];
}

/** Whether a target without an artifact is no fault of the build: it is optional, and this machine cannot build for it. */
export function isExcused({ optional, status }: Pick<TargetReport, "optional" | "status">): boolean {
  return optional === true && status === "unavailable";
}

export interface CandidateReport {
  readonly id: string;
  readonly toolchain: string;
  readonly version: string;
  readonly precision: Precision;
  readonly verdict: VerdictKind;
  readonly proof: ProofLevel | null;
  readonly reason: VerdictReason;
  readonly failure: Failure | null;
  readonly agreement: Agreement | null;
  readonly facts: ExecutionFacts | null;
  /** What was known of it before it ran anywhere; precisions are those the network declares, figures are estimates. */
  readonly declared: DeclaredFacts | null;
  readonly speed: Speed | null;
  /** Bytes of the artifact's files. */
  readonly bytes: number | null;
  readonly notes: readonly string[];
}
