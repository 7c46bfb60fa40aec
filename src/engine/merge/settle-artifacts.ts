import { join, resolve } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import type { RunReport, TargetReport } from "../../domain/report.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import type { TargetCode } from "../../domain/verdict.ts";
import { shownPath } from "../../recipe/document/read-source.ts";
import { overallStatus } from "../overall-status.ts";
import { setAside } from "../publish/write-artifact.ts";
import { copyArtifact } from "./copy-artifact.ts";
import { findArtifact, type Wanted } from "./find-artifact.ts";
import type { FoundReport } from "./find-reports.ts";

export interface SettleOptions {
  readonly cwd: string;
  /** Folder that holds one folder per recipe; null: artifacts stay where they are. */
  readonly out: string | null;
  readonly reports: readonly FoundReport[];
  /** Folders of artifacts that were found. */
  readonly artifacts: readonly string[];
}

/**
 * Finds every winner's artifact, checks it and, with `out`, copies it there. A target whose artifact is not there or not whole has failed; an
 * earlier artifact of a target without one is taken out of the way. Without `out` an artifact that did not come along is no fault.
 */
export async function settleArtifacts(report: RunReport, options: SettleOptions): Promise<Result<RunReport, Failure>> {
  const targets: TargetReport[] = [];
  for (const target of report.targets) {
    const settled = await settleTarget(report.recipe, target, options);
    if (!settled.ok) return settled;
    targets.push(settled.value);
  }
  return ok({ ...report, targets, status: report.status === "interrupted" ? "interrupted" : overallStatus(targets) });
}

async function settleTarget(recipe: string, target: TargetReport, options: SettleOptions): Promise<Result<TargetReport, Failure>> {
  const { cwd, out } = options;
  const to = out === null ? null : resolve(cwd, out, recipe, target.target);
  const wanted = wantedOf(recipe, target, options);
  if (wanted === null) return await withoutArtifact(target, to, cwd);
  const found = await findArtifact(wanted, { ...options, to });
  if (found === null) {
    if (to === null) return ok(target);
    const message = `the artifact of ${wanted.candidate} did not come with ${wanted.report ?? "its report"}`;
    return await withoutArtifact(failedFor(target, "artifact-missing", message), to, cwd);
  }
  const copied = to === null || found.problems.length > 0 ? null : await copyArtifact(found.directory, to, wanted);
  const problems = copied !== null && !copied.ok && "problems" in copied.error ? copied.error.problems : found.problems;
  if (copied !== null && !copied.ok && "reason" in copied.error) return err(copied.error);
  if (problems.length === 0) return ok(placed(target, shownPath(to ?? found.directory, cwd)));
  const told = problems.map(({ code, message }) => `${code}: ${message}`).join(" ");
  return await withoutArtifact(failedFor(target, "artifact-damaged", `${shownPath(found.directory, cwd)}: ${told}`), to, cwd);
}

function wantedOf(recipe: string, { target, winner }: TargetReport, { reports }: SettleOptions): Wanted | null {
  if (winner === null) return null;
  const isTeller = ({ report }: FoundReport) =>
    report.recipe === recipe && report.targets.some((each) => each.target === target && each.winner !== null);
  return { recipe, target, ...winner, report: reports.find(isTeller)?.path ?? null };
}

function placed(target: TargetReport, artifact: string): TargetReport {
  return { ...target, winner: target.winner && { ...target.winner, artifact } };
}

function failedFor(target: TargetReport, code: TargetCode, message: string): TargetReport {
  return { ...target, status: "failed", proof: null, reason: { code, message }, winner: null };
}

/** An earlier artifact must not be taken for this one's. */
async function withoutArtifact(target: TargetReport, to: string | null, cwd: string): Promise<Result<TargetReport, Failure>> {
  const moved = to === null ? ok(null) : await setAside(to);
  if (!moved.ok) return moved;
  if (moved.value === null) return ok(target);
  const note = `The artifact of an earlier merge is now in ${join(shownPath(moved.value, cwd))}.`;
  return ok({ ...target, notes: [...target.notes, note] });
}
