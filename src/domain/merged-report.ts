import type { RunReport } from "./report.ts";

export const MERGED_SCHEMA = "fettle.reports/1";

/** What the reports of several jobs come to together: `fettle report merge --json`. Its JSON Schema is schemas/reports.schema.json. */
export interface MergedReport {
  readonly schema: typeof MERGED_SCHEMA;
  /** The worst there is: interrupted, then refused, rejected, failed, ok. */
  readonly status: MergedStatus;
  /** Seconds of all jobs together. */
  readonly seconds: number;
  /** One report for each recipe, as one build of all its targets would have given it; artifacts where they are now. */
  readonly recipes: readonly RunReport[];
  readonly jobs: readonly JobReport[];
  readonly notes: readonly string[];
}

export type MergedStatus = RunReport["status"] | "refused";

/** One file that was read as a job's report. */
export interface JobReport {
  /** Path of the file. */
  readonly report: string;
  /** `refused`: its recipe or command line was wrong, and nothing was built; `unreadable`: cut short, or no report. */
  readonly status: MergedStatus | "unreadable";
  readonly recipe: string | null;
  readonly targets: readonly string[];
  readonly seconds: number;
  /** Why nothing was built; null for a report. */
  readonly message: string | null;
}
