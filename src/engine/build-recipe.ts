import type { BuildEventBody } from "../domain/event.ts";
import type { RunReport } from "../domain/report.ts";
import { makeReport } from "./make-report.ts";
import type { PreparedRun } from "./prepare-run.ts";
import { runPlan } from "./run-plan.ts";
import { timeSteps } from "./step-seconds.ts";

export interface BuildOptions {
  readonly jobs: number;
  readonly failFast: boolean;
  /** Measure anew what the store has a measurement of. */
  readonly remeasure: boolean;
  readonly signal: AbortSignal;
  readonly cwd: string;
}

/** The use case of `fettle build`: runs a prepared plan and reports on it, also when it is interrupted. */
export async function buildRecipe({ plan, services, source }: PreparedRun, options: BuildOptions): Promise<RunReport> {
  const startedAt = Date.now();
  const started: BuildEventBody = {
    type: "build-started",
    recipe: plan.recipe.name,
    steps: plan.steps,
    store: services.store.root,
  };
  services.emit(started);
  const { jobs, failFast, signal, remeasure } = options;
  const timed = timeSteps(services.emit);
  const outcomes = await runPlan(
    plan,
    { ...services, emit: timed.emit },
    { jobs, failFast, signal, afresh: new Set(remeasure ? ["measure"] : []) },
  );
  const report = makeReport(plan, outcomes, {
    source,
    seconds: (Date.now() - startedAt) / 1000,
    stepSeconds: timed.seconds,
    interrupted: options.signal.aborted,
    cwd: options.cwd,
  });
  services.emit({ type: "build-finished", report });
  return report;
}
