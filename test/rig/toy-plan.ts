import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestJson } from "../../src/domain/digest.ts";
import type { BuildEventBody } from "../../src/domain/event.ts";
import type { Failure } from "../../src/domain/failure.ts";
import { asJson, type Json } from "../../src/domain/json.ts";
import type { Need, Plan, Step, StepId } from "../../src/domain/plan.ts";
import { err, ok, type Result } from "../../src/domain/result.ts";
import type { ArtifactStore } from "../../src/domain/store.ts";
import type { Operation, OperationContext, OperationResult } from "../../src/engine/operation.ts";
import type { Services } from "../../src/engine/services.ts";

/** A step of a toy plan: what it needs, and what it does when the engine runs it. */
export interface ToyStep {
  readonly needs?: readonly string[];
  readonly settles?: readonly string[];
  readonly exclusive?: boolean;
  /** Part of the key, as an option is. */
  readonly option?: Json;
  /** What it does; by default it gives the sum of its inputs' results and one. */
  run?(context: OperationContext<"compile">): Promise<Result<number, Failure>>;
}

export interface ToyPlan {
  readonly plan: Plan;
  readonly operation: Operation<"compile">;
  /** Names of steps in the order they were started. */
  readonly started: string[];
}

/** A plan over toy steps, given in an order in which needs come first. Every step adds up numbers and leaves a file. */
export function toyPlan(steps: Readonly<Record<string, ToyStep>>): ToyPlan {
  const started: string[] = [];
  const made = new Map<string, Step>();
  for (const [name, toy] of Object.entries(steps)) made.set(name, toyStep(name, toy, made));
  const operation: Operation<"compile"> = {
    kept: true,
    summarise: (result) => `= ${JSON.stringify(result)}`,
    async run(context) {
      const name = nameOf(context.step.id);
      started.push(name);
      const value = await (steps[name]?.run ?? sum)(context);
      if (!value.ok) return value;
      await writeFile(join(context.workspace, "out", "value.txt"), String(value.value));
      const result: OperationResult = { result: value.value, workerSeconds: 0, peakMemoryBytes: 0, isolation: null };
      return ok(result);
    },
  };
  // Only the graph matters to the engine; a toy plan has no recipe and no targets.
  const plan = { recipe: { name: "toy" }, steps: [...made.values()], targets: [] } as unknown as Plan;
  return { plan, operation, started };
}

export async function sum(context: Pick<OperationContext<"compile">, "inputs">): Promise<Result<number, Failure>> {
  const values = [...context.inputs.values()].map((input) => (input.state === "done" ? Number(input.result) : 0));
  return ok(values.reduce((total, value) => total + value, 1));
}

export function toyFailure(message: string): Result<never, Failure> {
  return err({ reason: "toolchain-error", message });
}

export function stepId(name: string): StepId {
  return `toy ${name}` as StepId;
}

function nameOf(id: StepId): string {
  return id.slice("toy ".length);
}

function toyStep(name: string, toy: ToyStep, made: ReadonlyMap<string, Step>): Step {
  const need = (how: Need["how"]) => (other: string) => ({ step: stepId(other), as: other, ...(how && { how }) });
  const needs = [...(toy.needs ?? []).map(need(undefined)), ...(toy.settles ?? []).map(need("settled"))];
  const steps = Object.fromEntries(
    (toy.needs ?? []).map((other) => {
      const key = made.get(other)?.key;
      if (!key) throw new Error(`toy step ${name} needs ${other}, which does not come before it`);
      return [other, key];
    }),
  );
  const definition: Step["definition"] = {
    ...{ kind: "compile", version: 1, contents: {}, steps, options: { name, option: toy.option ?? null } },
    ...{ environment: null, worker: null, target: null, host: null },
  };
  return {
    ...{ id: stepId(name), kind: "compile", target: null, candidate: null, needs, definition },
    spec: {} as Extract<Step, { kind: "compile" }>["spec"],
    devices: [{ id: "cpu", mode: toy.exclusive ? "exclusive" : "shared" }],
    limits: { timeoutMs: 60_000, memoryBytes: 1 << 30, processes: 512, outputBytes: 1e9 },
    key: digestJson(asJson(definition)),
  };
}

/** Services for toy plans: a real store, a pool that always has the device, and a list that takes the events. */
export function toyServices(store: ArtifactStore, toy: ToyPlan, events: BuildEventBody[] = []): Services {
  const services: Pick<Services, "store" | "devices" | "operationFor" | "emit"> = {
    store,
    devices: { acquire: async (device, mode) => ok({ device, mode, descriptor: -1, release() {} }) },
    operationFor: () => toy.operation as unknown as Operation<Step["kind"]>,
    emit: (event) => events.push(event),
  };
  return services as Services;
}

/** A promise and the functions that settle it: how tests hold a step at a point of their choosing. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}
