import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { Failure } from "../../domain/failure.ts";
import type { Matrix } from "../../domain/matrix.ts";
import { type JobReport, MERGED_SCHEMA, type MergedReport, type MergedStatus } from "../../domain/merged-report.ts";
import type { Refusal } from "../../domain/refusal.ts";
import type { RunReport } from "../../domain/report.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { type FoundFault, type FoundReports, findReports } from "./find-reports.ts";
import { joinReports } from "./join-reports.ts";
import { settleArtifacts } from "./settle-artifacts.ts";

export interface MergeRequest {
  /** Reports, and folders with reports and artifacts. */
  readonly paths: readonly string[];
  readonly cwd: string;
  /** Folder for the artifacts; null: they stay where they are. */
  readonly out: string | null;
  /** The jobs there should have been; null where nothing says so. */
  readonly matrix: Matrix | null;
}

/**
 * The use case of `fettle report merge`: joins the reports of jobs, checks and collects their artifacts. What does not belong together is
 * refused as a whole, before anything is written.
 */
export async function mergeReports(request: MergeRequest): Promise<Result<MergedReport, Refusal>> {
  const { cwd, out, matrix } = request;
  const found = await findReports(request.paths, cwd);
  if (!found.ok) return err({ diagnostics: found.error });
  const { reports, faults, artifacts } = found.value;
  const lost = matrix === null ? faults.filter(({ kind }) => kind === "unreadable") : [];
  const joined = joinReports({ reports, faults, matrix });
  if (!joined.ok || lost.length > 0) return err({ diagnostics: [...lost.map(unreadable), ...(joined.ok ? [] : joined.error)] });
  const recipes = await settleAll(joined.value, { cwd, out, reports, artifacts });
  return recipes.ok ? ok(mergedReport(recipes.value, found.value, matrix)) : err({ failure: recipes.error });
}

async function settleAll(
  reports: readonly RunReport[],
  options: Parameters<typeof settleArtifacts>[1],
): Promise<Result<readonly RunReport[], Failure>> {
  const settled: RunReport[] = [];
  for (const report of reports) {
    const one = await settleArtifacts(report, options);
    if (!one.ok) return one;
    settled.push(one.value);
  }
  return ok(settled);
}

function mergedReport(recipes: readonly RunReport[], { reports, faults }: FoundReports, matrix: Matrix | null): MergedReport {
  const jobs = [...reports.map(({ path, report }) => jobOf(path, report)), ...faults.map(faultyJob)];
  return {
    schema: MERGED_SCHEMA,
    status: worst([...recipes.map(({ status }) => status), ...faults.map(statusOf).filter((status) => status !== "unreadable")]),
    seconds: recipes.reduce((sum, { seconds }) => sum + seconds, 0),
    recipes,
    jobs,
    notes:
      matrix === null
        ? ["Nothing said which jobs there should have been: give --matrix or --expect, and a missing report is a failure."]
        : [],
  };
}

function jobOf(path: string, { recipe, status, targets, seconds }: RunReport): JobReport {
  return { report: path, status, recipe, targets: targets.map(({ target }) => target), seconds, message: null };
}

function faultyJob(fault: FoundFault): JobReport {
  return { report: fault.path, status: statusOf(fault), recipe: null, targets: [], seconds: 0, message: fault.message };
}

function statusOf(fault: FoundFault): "unreadable" | "interrupted" | "refused" {
  if (fault.kind === "unreadable") return "unreadable";
  return fault.interrupted ? "interrupted" : "refused";
}

/** The worst first. A recipe that is wrong outranks a judgement, as a judgement outranks a failure. */
const RANKS = ["interrupted", "refused", "rejected", "failed", "ok"] as const satisfies readonly MergedStatus[];

function worst(statuses: readonly MergedStatus[]): MergedStatus {
  return RANKS.find((status) => statuses.includes(status)) ?? "ok";
}

/** Without a matrix nothing tells what was lost with it. */
function unreadable({ message }: FoundFault): Diagnostic {
  return {
    ...{ code: "report-unreadable", severity: "error", message },
    hint: "with --matrix or --expect the targets it should have told of are failures, and the rest is merged",
  };
}
