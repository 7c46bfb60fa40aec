import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { Matrix, MatrixJob, UnavailableTarget } from "../../domain/matrix.ts";
import { isExcused, REPORT_SCHEMA, type RunReport, type TargetReport } from "../../domain/report.ts";
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
  const unavailable = Map.groupBy(matrix?.unavailable ?? [], ({ recipe }) => recipe);
  const names = new Set([...expected.keys(), ...told.keys()]);
  return ok(
    [...names].map((name) =>
      joinRecipe(told.get(name) ?? [], { jobs: expected.get(name) ?? [], unavailable: unavailable.get(name) ?? [], faults }),
    ),
  );
}

interface Expected {
  readonly jobs: readonly MatrixJob[];
  readonly unavailable: readonly UnavailableTarget[];
  readonly faults: readonly FoundFault[];
}

function joinRecipe(found: readonly FoundReport[], { jobs, unavailable, faults }: Expected): RunReport {
  const reports = found.map(({ report }) => report);
  // The matrix names the recipe's file as it is called here; a job may have been elsewhere.
  const [first] = [...jobs, ...reports];
  if (first === undefined) throw new Error("a recipe that nothing tells of cannot be joined");
  const told = toldTargets(reports);
  const names = new Set([...jobs, ...unavailable, ...told.values()].map(({ target }) => target));
  const notPlanned = new Map(unavailable.map((each) => [each.target, unavailableTarget(each)]));
  const missing = (name: string) =>
    missingTarget(
      jobs.find(({ target }) => target === name),
      faults,
    );
  const targets = [...names].map((name) => told.get(name) ?? notPlanned.get(name) ?? missing(name));
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

/** Where one machine could build for an optional target and another could not, the first tells of it. */
function toldTargets(reports: readonly RunReport[]): ReadonlyMap<string, TargetReport> {
  const all = reports.flatMap(({ targets }) => targets).toReversed();
  const lastWord = [...all.filter(isExcused), ...all.filter((target) => !isExcused(target))];
  return new Map(lastWord.map((target) => [target.target, target]));
}

/** No job was planned for it, and no report tells of it. */
function unavailableTarget({ target, require, why }: UnavailableTarget): TargetReport {
  return {
    ...{ target, status: "unavailable", proof: null, required: require, optional: true, winner: null },
    reason: { code: "not-installed", message: `no job was planned for it: ${why}` },
    ...{ candidates: [], seconds: {}, untried: [], notes: [] },
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
    ...(job.optional && { optional: job.optional }),
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
