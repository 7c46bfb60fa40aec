import type { BuildEvent, Reporter } from "../domain/event.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Step } from "../domain/plan.ts";
import type { Clock } from "./clock.ts";
import type { TextFile } from "./text-file.ts";
import { BUILD_TRACK, createTraceWriter, type TraceWriter } from "./trace-writer.ts";
import { type WaitedFor, waitedForText } from "./waited-for.ts";

/**
 * `--trace`: where a build's time went, for ui.perfetto.dev or chrome://tracing. One track for the build, one for each
 * step and each environment that was going on at the same time; a span per step, per wait and per environment. What is
 * still open when the build is stopped is closed then and marked `interrupted`.
 */
export function createTraceReporter({ file, clock }: { readonly file: TextFile; readonly clock: Clock }): Reporter {
  const trace: TraceState = { writer: createTraceWriter(file), plan: new Map(), open: new Map(), environments: new Map(), build: null };
  return {
    handle: (event) => handleEvent(trace, event),
    close() {
      const now = clock.now();
      for (const id of [...trace.open.keys()]) endStep(trace, id, { at: now, args: { interrupted: true } });
      for (const name of [...trace.environments.keys()]) endEnvironment(trace, name, { at: now, args: { interrupted: true } });
      endBuild(trace, { at: now, args: { interrupted: true } });
      file.close();
      return Promise.resolve();
    },
  };
}

interface TraceState {
  readonly writer: TraceWriter;
  readonly plan: Map<string, Step>;
  readonly open: Map<string, OpenStep>;
  /** Environment -> when its making began. */
  readonly environments: Map<string, number>;
  build: { readonly recipe: string; readonly at: number } | null;
}

interface OpenStep {
  startedAt: number | null;
  waiting: ({ readonly since: number } & WaitedFor) | null;
}

interface End {
  readonly at: number;
  readonly args: JsonObject;
}

function handleEvent(trace: TraceState, event: BuildEvent): void {
  switch (event.type) {
    case "build-started":
      trace.build = { recipe: event.recipe, at: event.at };
      for (const step of event.steps) trace.plan.set(step.id, step);
      trace.writer.begin(event.at, `fettle build ${event.recipe}`);
      break;
    case "environment-started":
      trace.environments.set(event.name, event.at);
      trace.writer.environments.take(event.name);
      break;
    case "environment-finished":
      endEnvironment(trace, event.name, { at: event.at, args: { seconds: event.seconds, ...failureArgs(event.failure) } });
      break;
    case "build-finished":
      endBuild(trace, { at: event.at, args: { status: event.report.status, ...event.report.steps } });
      break;
    case "isolation-chosen":
    case "environment-progress":
    case "note":
    case "store-damaged":
    case "step-skipped":
      break;
    case "step-waiting":
    case "step-started":
    case "step-progress":
    case "step-cached":
    case "step-finished":
    case "step-failed":
      handleStepEvent(trace, event);
      break;
  }
}

type StepEvent = Exclude<Extract<BuildEvent, { type: `step-${string}` }>, { type: "step-skipped" }>;

function handleStepEvent(trace: TraceState, event: StepEvent): void {
  const { at, step } = event;
  switch (event.type) {
    case "step-waiting":
      endWaiting(trace, step, at);
      openStep(trace, step).waiting = { since: at, for: event.for, ...(event.device && { device: event.device }) };
      break;
    case "step-started":
      endWaiting(trace, step, at);
      openStep(trace, step).startedAt = at;
      break;
    case "step-progress":
      endWaiting(trace, step, at);
      break;
    case "step-cached":
      endStep(trace, step, { at, args: { cached: true } });
      break;
    case "step-finished":
      endStep(trace, step, {
        at,
        args: { cached: false, seconds: event.seconds, workerSeconds: event.workerSeconds, summary: event.summary },
      });
      break;
    case "step-failed":
      endStep(trace, step, { at, args: { cached: false, seconds: event.seconds, ...failureArgs(event.failure) } });
      break;
  }
}

function openStep(trace: TraceState, id: string): OpenStep {
  const known = trace.open.get(id);
  if (known !== undefined) return known;
  const opened: OpenStep = { startedAt: null, waiting: null };
  trace.open.set(id, opened);
  trace.writer.steps.take(id);
  return opened;
}

function endWaiting(trace: TraceState, id: string, at: number): void {
  const step = trace.open.get(id);
  if (step === undefined || step.waiting === null) return;
  trace.writer.span({
    name: `wait for ${waitedForText(step.waiting)}`,
    category: "waiting",
    tid: trace.writer.steps.take(id),
    from: step.waiting.since,
    to: at,
    args: { step: id },
  });
  step.waiting = null;
}

function endStep(trace: TraceState, id: string, end: End): void {
  const step = openStep(trace, id);
  endWaiting(trace, id, end.at);
  const planned = trace.plan.get(id);
  const place = planned === undefined ? {} : { target: planned.target, candidate: planned.candidate, key: planned.key };
  trace.writer.span({
    name: id,
    category: planned?.kind ?? "step",
    tid: trace.writer.steps.take(id),
    // A step that is answered from the store, or that ended while it waited, never started: it is a point in time.
    from: step.startedAt ?? end.at,
    to: end.at,
    args: { ...place, ...end.args },
  });
  trace.writer.steps.release(id);
  trace.open.delete(id);
}

function endEnvironment(trace: TraceState, name: string, end: End): void {
  const from = trace.environments.get(name) ?? end.at;
  const tid = trace.writer.environments.take(name);
  trace.writer.span({ name: `environment ${name}`, category: "environment", tid, from, to: end.at, args: end.args });
  trace.writer.environments.release(name);
  trace.environments.delete(name);
}

function endBuild(trace: TraceState, end: End): void {
  if (trace.build === null) return;
  const { recipe, at } = trace.build;
  trace.writer.span({ name: `build ${recipe}`, category: "build", tid: BUILD_TRACK, from: at, to: end.at, args: end.args });
  trace.build = null;
}

function failureArgs(failure: { readonly reason: string; readonly message: string } | null): JsonObject {
  return failure === null ? {} : { failure: failure.reason, message: failure.message };
}
