import type { Isolation } from "../domain/command.ts";
import type { Lease } from "../domain/devices.ts";
import type { ImageReference } from "../domain/environment.ts";
import type { Failure } from "../domain/failure.ts";
import type { Json } from "../domain/json.ts";
import type { StepId, StepKind, StepOf } from "../domain/plan.ts";
import type { Result } from "../domain/result.ts";
import type { ActionRecord } from "../domain/store.ts";
import type { Ports } from "./ports.ts";

/** How a step ended. */
export type StepOutcome =
  | { readonly state: "done"; readonly cached: boolean; readonly result: Json; readonly record: ActionRecord | null }
  | { readonly state: "failed"; readonly failure: Failure }
  | SkippedOutcome;

/**
 * A step that was not run: because one it `needs` did not succeed (`cause` is the first of the chain), because its `gate`
 * found nothing to do, or because the build was `stopped`.
 */
export interface SkippedOutcome {
  readonly state: "skipped";
  readonly why: "needs" | "gate" | "stopped";
  readonly because: string;
  readonly cause: StepId;
}

export type DoneOutcome = Extract<StepOutcome, { state: "done" }>;

/** What an operation sees of the steps before it and of the world. */
export interface OperationContext<K extends StepKind> {
  readonly step: StepOf<K>;
  /** Outcomes by the name of the need. */
  readonly inputs: ReadonlyMap<string, StepOutcome>;
  /** Absolute path of the folder that a needed step left; its outcome must be done. */
  folder(name: string): string;
  /** The result of a needed step; its outcome must be done. */
  result(name: string): Json;
  /** Absolute folder to work in; its `out/` becomes the step's tree, where results are kept. */
  readonly workspace: string;
  /** Absolute path of the log of this execution. */
  readonly log: string;
  readonly services: Ports;
  readonly signal: AbortSignal;
  readonly leases: readonly Lease[];
  progress(text: string, fraction?: number | null): void;
}

export interface OperationResult {
  /** Only what follows from the inputs: no times. */
  readonly result: Json;
  readonly workerSeconds: number;
  readonly peakMemoryBytes: number;
  readonly isolation: Isolation | null;
  /** The image the worker ran in. */
  readonly image?: ImageReference;
  /** For operations that are not kept: everything was already as it should be. */
  readonly unchanged?: boolean;
}

/** The work of one kind of step. Key, work and resource are separate questions; this is only the work. */
export interface Operation<K extends StepKind> {
  /** False for the decisions at the end of a target: cheap, made anew in every build, never in the store. */
  readonly kept: boolean;
  run(context: OperationContext<K>): Promise<Result<OperationResult, Failure>>;
  /** One short phrase about a result, for reporters. */
  summarise(result: Json): string | null;
  /** Asked before the work: why this step is not to run at all, or null. */
  gate?(inputs: ReadonlyMap<string, StepOutcome>): string | null;
}

/** The result of an operation that started no worker. */
export function withoutWorker(result: Json): OperationResult {
  return { result, workerSeconds: 0, peakMemoryBytes: 0, isolation: null };
}
