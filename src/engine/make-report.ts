import { relative } from "node:path";
import type { Plan, PlannedTarget, Step } from "../domain/plan.ts";
import { REPORT_SCHEMA, type RecipeSource, type RunReport, type TargetReport } from "../domain/report.ts";
import type { DoneOutcome, StepOutcome } from "./operation.ts";
import type { Choice } from "./operations/select.ts";
import { overallStatus } from "./overall-status.ts";
import type { Outcomes } from "./run-plan.ts";
import type { StepSeconds } from "./step-seconds.ts";

export interface ReportContext {
  readonly source: RecipeSource;
  readonly seconds: number;
  readonly stepSeconds: StepSeconds;
  readonly interrupted: boolean;
  /** Folder that paths are shown relative to. */
  readonly cwd: string;
}

/** The report of a finished run, from its plan and its outcomes. */
export function makeReport(plan: Plan, outcomes: Outcomes, context: ReportContext): RunReport {
  const targets = plan.targets.map((target) => targetReport(target, outcomes, context));
  return {
    schema: REPORT_SCHEMA,
    recipe: plan.recipe.name,
    source: context.source,
    status: context.interrupted ? "interrupted" : overallStatus(targets),
    seconds: context.seconds,
    steps: countSteps(plan.steps, outcomes),
    targets,
    failures: sharedFailures(plan.steps, outcomes),
    notes: sharedNotes(plan.steps, outcomes),
  };
}

function countSteps(steps: readonly Step[], outcomes: Outcomes): RunReport["steps"] {
  const counts = { total: steps.length, executed: 0, cached: 0, failed: 0, skipped: 0 };
  for (const step of steps) {
    const outcome = outcomes.get(step.id);
    if (outcome?.state === "done") counts[outcome.cached ? "cached" : "executed"] += 1;
    else if (outcome) counts[outcome.state] += 1;
  }
  return counts;
}

/** Failures of steps that all candidates share, and of publishing: no candidate's row can show them. */
function sharedFailures(steps: readonly Step[], outcomes: Outcomes): RunReport["failures"] {
  return steps.flatMap((step) => {
    const outcome = outcomes.get(step.id);
    if (outcome?.state !== "failed" || step.candidate !== null) return [];
    return [{ step: step.id, ...outcome.failure }];
  });
}

function sharedNotes(steps: readonly Step[], outcomes: Outcomes): string[] {
  return steps.flatMap((step) => {
    const outcome = outcomes.get(step.id);
    if (outcome?.state !== "done" || step.target !== null) return [];
    const { notes } = outcome.result as { notes?: readonly string[] };
    return notes ?? [];
  });
}

function targetReport(planned: PlannedTarget, outcomes: Outcomes, context: ReportContext): TargetReport {
  const { name, use, require, untried } = planned;
  const seconds = candidateSeconds(planned, context.stepSeconds);
  const base = {
    target: name,
    required: require,
    ...(use.optional && { optional: use.optional }),
    seconds,
    untried: untried.map(({ id, why }) => ({ id, why })),
  };
  const choice = doneResult<Choice>(outcomes.get(planned.select));
  if (!choice) {
    const reason = { code: "interrupted" as const, message: "the build was stopped before this target was done" };
    return { ...base, status: "failed", proof: null, reason, winner: null, candidates: [], notes: [] };
  }
  const published = doneResult<Published>(outcomes.get(planned.publish));
  const winner = choice.candidates.find((each) => each.id === choice.winner);
  const publishFailed = outcomes.get(planned.publish)?.state === "failed";
  return {
    ...base,
    status: publishFailed ? "failed" : choice.status,
    proof: winner?.proof ?? null,
    reason: publishFailed ? { code: "publish-failed", message: "the artifact could not be written" } : choice.reason,
    winner:
      winner && published?.directory && published.digest
        ? { candidate: winner.id, artifact: shownPath(published.directory, context), digest: published.digest }
        : null,
    candidates: choice.candidates,
    notes: [...choice.notes, ...previousNote(published?.previous ?? null, context), ...(published?.note == null ? [] : [published.note])],
  };
}

interface Published {
  readonly directory: string | null;
  readonly digest: string | null;
  readonly previous: string | null;
  readonly note: string | null;
}

function candidateSeconds({ candidates }: PlannedTarget, stepSeconds: StepSeconds): TargetReport["seconds"] {
  const sum = (steps: readonly (string | null)[]) => steps.reduce((total, id) => total + (stepSeconds.get(id ?? "") ?? 0), 0);
  return Object.fromEntries(candidates.map(({ id, steps }) => [id, sum(Object.values(steps))]));
}

function previousNote(previous: string | null, context: ReportContext): string[] {
  return previous === null ? [] : [`The artifact of an earlier build is now in ${shownPath(previous, context)}.`];
}

function shownPath(path: string, { cwd }: ReportContext): string {
  const short = relative(cwd, path);
  return short.startsWith("..") ? path : short;
}

function doneResult<T>(outcome: StepOutcome | undefined): T | null {
  return outcome?.state === "done" ? ((outcome satisfies DoneOutcome).result as unknown as T) : null;
}
