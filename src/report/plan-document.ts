import type { Plan } from "../domain/plan.ts";
import { absenceText } from "../domain/recipe.ts";

/** What the store says to one step of a plan before anything runs. */
export interface StepSurvey {
  /** `depends`: a step before it has to run first; `always`: decided anew in every build. */
  readonly state: "hit" | "miss" | "depends" | "always";
  /** Seconds it took when it last ran. */
  readonly estimateSeconds: number | null;
  /** For misses: the inputs of the key that changed since it last succeeded; empty when it never did. */
  readonly changed: readonly string[];
}

export interface PlanTotals {
  readonly steps: number;
  readonly hit: number;
  readonly miss: number;
  readonly depends: number;
  readonly always: number;
  readonly unknown: number;
  /** Seconds of work that the steps without a hit took when they last ran, one after another. */
  readonly estimateSeconds: number;
  /** Steps that may run and never ran before. */
  readonly withoutEstimate: number;
}

/** `fettle plan --json`: the plan with what the store says to it. */
export function planDocument(plan: Plan, survey: ReadonlyMap<string, StepSurvey>) {
  return {
    schema: "fettle.plan/1",
    recipe: plan.recipe.name,
    totals: planTotals(plan, survey),
    steps: plan.steps.map(({ id, kind, target, candidate, needs, key }) => ({
      id,
      kind,
      target,
      candidate,
      needs: needs.map((need) => need.step),
      key,
      state: survey.get(id)?.state ?? "unknown",
      estimateSeconds: survey.get(id)?.estimateSeconds ?? null,
      changed: survey.get(id)?.changed ?? [],
    })),
    targets: plan.targets.map(({ name, use, require, candidates, untried }) => ({
      target: name,
      require,
      ...(use.optional && { optional: use.optional }),
      ...(use.absent && { unavailable: absenceText(use.absent) }),
      candidates: candidates.map(({ id, toolchain, version, precision, cannotRun }) => ({ id, toolchain, version, precision, cannotRun })),
      untried: untried.map(({ id, why }) => ({ id, why })),
    })),
  };
}

export function planTotals(plan: Plan, survey: ReadonlyMap<string, StepSurvey>): PlanTotals {
  const states = plan.steps.map((step) => survey.get(step.id) ?? null);
  const count = (state: StepSurvey["state"]): number => states.filter((each) => each?.state === state).length;
  const toRun = states.filter((each) => each?.state === "miss" || each?.state === "depends");
  return {
    steps: states.length,
    hit: count("hit"),
    miss: count("miss"),
    depends: count("depends"),
    always: count("always"),
    unknown: states.filter((each) => each === null).length,
    estimateSeconds: toRun.reduce((sum, each) => sum + (each?.estimateSeconds ?? 0), 0),
    withoutEstimate: toRun.filter((each) => each?.estimateSeconds === null).length,
  };
}
