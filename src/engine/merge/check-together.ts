import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { DiagnosticCode } from "../../domain/diagnostic-code.ts";
import { shortDigest } from "../../domain/digest.ts";
import type { Matrix } from "../../domain/matrix.ts";
import { isExcused, type RecipeSource, type TargetReport } from "../../domain/report.ts";
import type { FoundReport } from "./find-reports.ts";

/** Why reports must not be put together: made from different recipes or by different Fettles, or telling different things of one target. */
export function checkTogether(reports: readonly FoundReport[], matrix: Matrix | null): Diagnostic[] {
  const recipes = Map.groupBy(reports, ({ report }) => report.recipe);
  return [...recipes].flatMap(([recipe, found]) => {
    const strange = matrix === null ? [] : unexpected(found, matrix);
    return [...differing(found, matrix?.jobs.find((job) => job.recipe === recipe)?.source ?? null), ...strange, ...conflicting(found)];
  });
}

/** The first report, or the matrix where there is one, says what the others must be of. */
function differing(found: readonly FoundReport[], expected: RecipeSource | null): Diagnostic[] {
  const [first] = found;
  const wanted = expected ?? first?.report.source;
  const from = expected === null ? (first?.path ?? "") : "the matrix";
  return found.flatMap(({ path, report: { recipe, source } }) => {
    if (wanted === undefined) return [];
    if (source.fettle !== wanted.fettle) return [differs(`${path} is by Fettle ${source.fettle}, ${from} by Fettle ${wanted.fettle}`)];
    if (source.digest === wanted.digest) return [];
    const digests = `${shortDigest(source.digest)}, not ${shortDigest(wanted.digest)}`;
    return [differs(`${path} is of another ${recipe} than ${from}: ${digests}`)];
  });
}

function unexpected(found: readonly FoundReport[], { jobs, unavailable = [] }: Matrix): Diagnostic[] {
  const known = [...jobs, ...unavailable];
  return found.flatMap(({ path, report }) =>
    report.targets
      .filter(({ target }) => !known.some((job) => job.recipe === report.recipe && job.target === target))
      .map(({ target }) =>
        fault("report-unexpected", `${path} tells of ${report.recipe} for ${target}, which the matrix does not have`, STALE),
      ),
  );
}

function conflicting(found: readonly FoundReport[]): Diagnostic[] {
  const told = found.flatMap(({ path, report }) => report.targets.map((target) => ({ path, recipe: report.recipe, target })));
  return [...Map.groupBy(told, ({ target }) => target.target)].flatMap(([name, all]) => {
    // A machine that could not build for an optional target says nothing against one that could.
    const heard = all.filter(({ target }) => !isExcused(target));
    const [first, ...others] = heard.length === 0 ? all : heard;
    return others
      .filter(({ target }) => first !== undefined && gist(target) !== gist(first.target))
      .map(({ path, recipe, target }) =>
        fault(
          "report-conflict",
          `${first?.path} and ${path} tell different things of ${recipe} for ${name}: ${first && words(first.target)}; ${words(target)}`,
          STALE,
        ),
      );
  });
}

/** What two reports of one target must agree in; times and what follows from them differ from run to run. */
function gist({ status, proof, required, reason, winner }: TargetReport): string {
  return JSON.stringify([status, proof, required, reason?.code, winner?.candidate, winner?.digest]);
}

function words({ status, winner, reason }: TargetReport): string {
  if (winner === null) return `${status}${reason === null ? "" : ` (${reason.code})`}`;
  return `${status}, ${winner.candidate} ${winner.digest}`;
}

const STALE = "keep the reports of one run apart from those of another; remove what is left of an earlier one";

function differs(message: string): Diagnostic {
  return fault(
    "report-differs",
    message,
    "build every job from the same commit with the same Fettle, and remove what is left of an earlier run",
  );
}

function fault(code: DiagnosticCode, message: string, hint: string): Diagnostic {
  return { code, severity: "error", message, hint };
}
