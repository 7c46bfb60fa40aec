import type { MergedReport } from "../domain/merged-report.ts";
import type { RunReport } from "../domain/report.ts";

/**
 * Exit codes, as a table:
 *
 * | code | meaning |
 * |---|---|
 * | 0 | every target met what it required, or is optional and unavailable here |
 * | 1 | a target was rejected or undecided |
 * | 2 | the recipe or the command line is wrong |
 * | 3 | a toolchain or its environment failed or is unavailable |
 * | 130 | interrupted |
 */
export const EXIT = { ok: 0, rejected: 1, usage: 2, failed: 3, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export function exitCodeOf(report: RunReport): ExitCode {
  return EXIT[report.status];
}

/** By the same table: a job whose recipe or command line was wrong makes the whole wrong. */
export function mergedExitCode({ status }: MergedReport): ExitCode {
  return status === "refused" ? EXIT.usage : EXIT[status];
}
