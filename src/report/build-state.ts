import type { BuildEvent } from "../domain/event.ts";
import type { StepKind } from "../domain/plan.ts";
import { failureClass } from "./failure-text.ts";
import type { WaitedFor } from "./waited-for.ts";

/** Where a build stands, gathered from its events; what the live view draws. */
export interface BuildState {
  recipe: string;
  startedAt: number;
  /** In the plan's order. */
  readonly steps: Map<string, StepState>;
  /** Environments being made. */
  readonly environments: Map<string, { readonly since: number; text: string }>;
}

export interface StepState {
  readonly id: string;
  readonly kind: StepKind;
  readonly target: string | null;
  readonly candidate: string | null;
  phase: StepPhase;
  /** When the phase began, in milliseconds since the epoch. */
  since: number;
  /** Progress or what came of it, in a few words. */
  text: string;
  waitsFor: WaitedFor | null;
  fraction: number | null;
}

export type StepPhase = "pending" | "waiting" | "running" | "done" | "cached" | "failed" | "skipped";

export function createBuildState(): BuildState {
  return { recipe: "", startedAt: 0, steps: new Map(), environments: new Map() };
}

/** Takes in one event. Events of steps that the plan does not name are ignored. */
export function applyEvent(state: BuildState, event: BuildEvent): void {
  switch (event.type) {
    case "build-started":
      state.recipe = event.recipe;
      state.startedAt = event.at;
      for (const { id, kind, target, candidate } of event.steps) {
        state.steps.set(id, {
          id,
          kind,
          target,
          candidate,
          phase: "pending",
          since: event.at,
          text: "",
          waitsFor: null,
          fraction: null,
        });
      }
      return;
    case "environment-started":
      state.environments.set(event.name, { since: event.at, text: "" });
      return;
    case "environment-progress": {
      const environment = state.environments.get(event.name);
      if (environment !== undefined) environment.text = event.text;
      return;
    }
    case "environment-finished":
      state.environments.delete(event.name);
      return;
    case "isolation-chosen":
    case "note":
    case "store-damaged":
    case "build-finished":
      return;
    case "step-waiting":
    case "step-started":
    case "step-progress":
    case "step-cached":
    case "step-finished":
    case "step-failed":
    case "step-skipped": {
      const step = state.steps.get(event.step);
      if (step !== undefined) applyStepEvent(step, event);
    }
  }
}

type StepEvent = Extract<BuildEvent, { type: `step-${string}` }>;

function applyStepEvent(step: StepState, event: StepEvent): void {
  const enter = (phase: StepPhase, text: string): void => {
    Object.assign(step, { phase, text, since: event.at, fraction: null });
  };
  switch (event.type) {
    case "step-waiting":
      enter("waiting", "");
      step.waitsFor = event;
      break;
    case "step-started":
      enter("running", "");
      break;
    case "step-progress":
      step.text = event.text;
      step.fraction = event.fraction;
      break;
    case "step-cached":
    case "step-finished":
      enter(event.type === "step-cached" ? "cached" : "done", event.summary ?? "");
      break;
    case "step-failed":
      enter("failed", failureClass(event.failure));
      break;
    case "step-skipped":
      enter("skipped", event.because);
      break;
  }
}
