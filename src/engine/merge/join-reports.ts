import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { Matrix, MatrixJob } from "../../domain/matrix.ts";
import { REPORT_SCHEMA, type RunReport, type TargetReport } from "../../domain/report.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { overallStatus } from "../overall-status.ts";
import { checkTogether } from "./check-together.ts";
import type { FoundFault, FoundReport } from "./find-reports.ts";

export interface JoinInputs {
  readonly reports: readonly FoundReport[];
  /** Files that should have been reports: they say why a job's target is missing. */
  readonly faults: readonly FoundFault[];
  /** The jobs there should have been; null where nothing says so. */
  readonly matrix: Matrix | null;
}

/**
 * One report for each recipe, with a target's report from the job that built it. A target that the matrix has and no report tells of has
 * failed. Errors: what must not be put together (`report-differs`, `report-conflict`, `report-unexpected`).
 */
export function joinReports({ reports, faults, matrix }: JoinInputs): Result<readonly RunReport[], readonly Diagnostic[]> {
  const wrong = checkTogether(reports, matrix);
  if (wrong.length > 0) return err(wrong);
  const told = Map.groupBy(reports, ({ report }) => report.recipe);
  const expected = Map.groupBy(matrix?.jobs ?? [], ({ recipe }) => recipe);
  const names = new Set([...expected.keys(), ...told.keys()]);
  return ok([...names].map((name) => joinRecipe(told.get(name) ?? [], expected.get(name) ?? [], faults)));
}

function joinRecipe(found: readonly FoundReport[], jobs: readonly MatrixJob[], faults: readonly FoundFault[]): RunReport {
  const reports = found.map(({ report }) => report);
  // The matrix names the recipe's file as it is called here; a job may have been elsewhere.
  const [first] = [...jobs, ...reports];
  if (first === undefined) throw new Error("a recipe that nothing tells of cannot be joined");
  const told = new Map(
    reports
      .flatMap(({ targets }) => targets)
      .toReversed()
      .map((target) => [target.target, target]),
  );
  const names = new Set([...jobs.map(({ target }) => target), ...reports.flatMap(({ targets }) => targets.map(({ target }) => target))]);
  const missing = (name: string) =>
    missingTarget(
      jobs.find(({ target }) => target === name),
      faults,
    );
  const targets = [...names].map((name) => told.get(name) ?? missing(name));
  return {
    schema: REPORT_SCHEMA,
    recipe: first.recipe,
    source: first.source,
    status: reports.some(({ status }) => status === "interrupted") ? "interrupted" : overallStatus(targets),
    seconds: reports.reduce((sum, { seconds }) => sum + seconds, 0),
    steps: sumSteps(reports),
    targets,
    failures: once(reports.flatMap(({ failures }) => failures)),
    notes: once(reports.flatMap(({ notes }) => notes)),
  };
}

function missingTarget(job: MatrixJob | undefined, faults: readonly FoundFault[]): TargetReport {
  if (job === undefined) throw new Error("a target is missing that nobody expected");
  // Jobs are told to leave their report in a folder of their own name.
  const fault = faults.find(({ path }) => path.split("/").includes(job.id));
  const why = fault === undefined ? "" : `: ${fault.message}`;
  const reason = { code: "report-missing", message: `no report tells what the job ${job.id} found${why}` } as const;
  return {
    ...{ target: job.target, status: "failed", proof: null, required: job.require, reason, winner: null },
    ...{ candidates: [], seconds: {}, untried: [], notes: [] },
  };
}

function sumSteps(reports: readonly RunReport[]): RunReport["steps"] {
  const sum = { total: 0, executed: 0, cached: 0, failed: 0, skipped: 0 };
  for (const { steps } of reports) for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += steps[name];
  return sum;
}

/** What several jobs say alike is said once. */
function once<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
