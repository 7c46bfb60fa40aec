import type { Failure } from "../domain/failure.ts";
import type { Plan, Step, StepId, StepKind } from "../domain/plan.ts";
import type { SkippedOutcome, StepOutcome } from "./operation.ts";
import { runStep, skip } from "./run-step.ts";
import type { Services } from "./services.ts";

export interface RunPlanOptions {
  /** Most steps at a time. */
  readonly jobs: number;
  /** Stop everything at the first failed step, instead of going on with what does not need it. */
  readonly failFast: boolean;
  /** Kinds of steps to execute even where the store has their result; none by default. */
  readonly afresh?: ReadonlySet<StepKind>;
  /** Outcomes of steps that are no part of the plan and that its steps need. */
  readonly known?: ReadonlyMap<StepId, StepOutcome>;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

export type Outcomes = ReadonlyMap<StepId, StepOutcome>;

/**
 * Runs a plan's steps as they become ready, at most `jobs` at a time. A step that measures needs the machine for itself: it
 * starts only when nothing else of this build is ready or running, so that it does not hold up what could run beside others.
 */
export async function runPlan(plan: Plan, services: Services, options: RunPlanOptions): Promise<Outcomes> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const outcomes = new Map<StepId, StepOutcome>(options.known ?? []);
  const waiting = new Set(plan.steps);
  const running = new Map<Step, Promise<void>>();

  const start = (step: Step) => {
    waiting.delete(step);
    const ended = settle({ plan, step, services, signal, afresh: options.afresh ?? NONE }, outcomes).then((outcome) => {
      outcomes.set(step.id, outcome);
      running.delete(step);
      if (options.failFast && outcome.state === "failed" && !isExcused(plan, step, outcome.failure)) stop.abort();
    });
    running.set(step, ended);
  };

  while (waiting.size > 0 || running.size > 0) {
    const isAlone = (step: Step) => isExclusive(step) && willRun(step, services, outcomes);
    for (const step of startable({ waiting, running: [...running.keys()], outcomes, jobs: options.jobs, isAlone })) start(step);
    await Promise.race(running.values());
  }
  return outcomes;
}

const NONE: ReadonlySet<StepKind> = new Set();

/** A toolchain that this machine has nothing to run in makes an optional target unavailable, and nothing fail. */
function isExcused({ targets }: Plan, { target }: Step, { lacking }: Failure): boolean {
  return lacking === true && targets.some(({ name, use }) => name === target && use.optional === true);
}

interface Queue {
  readonly waiting: ReadonlySet<Step>;
  readonly running: readonly Step[];
  readonly outcomes: Outcomes;
  readonly jobs: number;
  readonly isAlone: (step: Step) => boolean;
}

/** What may start now, in the plan's order. */
function startable({ waiting, running, outcomes, jobs, isAlone }: Queue): Step[] {
  const ready = [...waiting].filter((step) => step.needs.every((need) => outcomes.has(need.step)));
  const shared = ready.filter((step) => !isAlone(step));
  if (running.some(isAlone)) return [];
  if (shared.length > 0) return shared.slice(0, Math.max(0, jobs - running.length));
  return running.length === 0 ? ready.slice(0, 1) : [];
}

function isExclusive(step: Step): boolean {
  return step.devices.some(({ mode }) => mode === "exclusive");
}

/** Whether a ready step has work to do: one that will only be skipped need not wait for the machine, and is told of at once. */
function willRun(step: Step, services: Services, outcomes: Outcomes): boolean {
  const isBlocked = step.needs.some((need) => need.how !== "settled" && outcomes.get(need.step)?.state !== "done");
  const gate = services.operationFor(step.kind).gate;
  return !isBlocked && !gate?.(inputsOf(step, outcomes));
}

interface Settling {
  readonly plan: Plan;
  readonly step: Step;
  readonly services: Services;
  readonly signal: AbortSignal;
  readonly afresh: ReadonlySet<StepKind>;
}

async function settle({ plan, step, services, signal, afresh }: Settling, outcomes: Outcomes): Promise<StepOutcome> {
  const inputs = inputsOf(step, outcomes);
  const blocker = step.needs.find((need) => need.how !== "settled" && outcomeOf(need.step, outcomes).state !== "done");
  if (blocker) return skip({ step, services }, blockedBy(blocker.step, outcomes));
  if (signal.aborted) return skip({ step, services }, { why: "stopped", because: "the build was stopped", cause: step.id });
  return runStep({ recipe: plan.recipe.name, step, inputs, services, signal, afresh });
}

function inputsOf(step: Step, outcomes: Outcomes): Map<string, StepOutcome> {
  return new Map(step.needs.map((need) => [need.as, outcomeOf(need.step, outcomes)]));
}

function outcomeOf(id: StepId, outcomes: Outcomes): StepOutcome {
  const outcome = outcomes.get(id);
  if (!outcome) throw new Error(`step ${id} was looked at before it ended`);
  return outcome;
}

/** A chain of skips keeps the reason of the step that began it. */
function blockedBy(id: StepId, outcomes: Outcomes): Omit<SkippedOutcome, "state"> {
  const outcome = outcomeOf(id, outcomes);
  if (outcome.state === "skipped") return { why: outcome.why, because: outcome.because, cause: outcome.cause };
  return { why: "needs", because: `needs \`${id}\`, which failed`, cause: id };
}
