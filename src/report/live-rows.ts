import type { BuildState, StepPhase, StepState } from "./build-state.ts";
import { waitedForText } from "./waited-for.ts";

/** One line of the live view: a candidate, or a step that belongs to none, as it stands. */
export interface LiveRow {
  readonly name: string;
  /** The kind of step it is at. */
  readonly activity: string;
  readonly phase: StepPhase;
  readonly since: number;
  readonly text: string;
  readonly fraction: number | null;
}

/** The rows by group: environments being made, steps of the model as a whole, then target by target. */
export function liveGroups(state: BuildState): { title: string; rows: LiveRow[] }[] {
  const steps = [...state.steps.values()];
  const targets = [...new Set(steps.map((step) => step.target))].filter((target) => target !== null);
  return [
    { title: "environments", rows: environmentRows(state) },
    { title: "model", rows: steps.filter((step) => step.target === null && isActive(step)).map((step) => rowOf(step.kind, step)) },
    ...targets.map((target) => ({ title: target, rows: targetRows(steps.filter((step) => step.target === target)) })),
  ].filter(({ rows }) => rows.length > 0);
}

function environmentRows(state: BuildState): LiveRow[] {
  return [...state.environments].map(([name, { since, text }]) => ({
    name,
    activity: "making",
    phase: "running",
    since,
    text,
    fraction: null,
  }));
}

/** Every candidate always, so that lines keep their place; a target's own steps (select, publish) only while they run. */
function targetRows(steps: readonly StepState[]): LiveRow[] {
  const candidates = [...new Set(steps.map((step) => step.candidate))].filter((candidate) => candidate !== null);
  return [
    ...candidates.map((candidate) =>
      candidateRow(
        candidate,
        steps.filter((step) => step.candidate === candidate),
      ),
    ),
    ...steps.filter((step) => step.candidate === null && isActive(step)).map((step) => rowOf(step.kind, step)),
  ];
}

function candidateRow(name: string, steps: readonly StepState[]): LiveRow {
  const current =
    steps.find((step) => step.phase === "running") ??
    steps.find((step) => step.phase === "waiting") ??
    steps.find((step) => step.phase === "failed") ??
    steps.find((step) => step.phase === "pending") ??
    steps.findLast((step) => step.phase === "done" || step.phase === "cached") ??
    steps.at(-1);
  if (current === undefined) return { name, activity: "", phase: "pending", since: 0, text: "", fraction: null };
  return rowOf(name, current);
}

function rowOf(name: string, step: StepState): LiveRow {
  return {
    name,
    activity: name === step.kind ? "" : step.kind,
    phase: step.phase,
    since: step.since,
    text: textOf(step),
    fraction: step.fraction,
  };
}

function textOf(step: StepState): string {
  if (step.phase === "waiting") return `waiting for ${waitedForText(step.waitsFor ?? { for: "device" })}`;
  return step.text;
}

function isActive(step: StepState): boolean {
  return step.phase === "running" || step.phase === "waiting";
}
