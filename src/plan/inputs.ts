import type { Limits } from "../domain/command.ts";
import type { Digest } from "../domain/digest.ts";
import type { Host } from "../domain/host.ts";
import type { Recipe } from "../domain/recipe.ts";
import type { RecipeContents } from "../domain/recipe-contents.ts";
import type { WorkerSpec } from "../domain/step-specs.ts";
import type { Target } from "../domain/target.ts";
import type { Toolchain } from "../domain/toolchain.ts";

/** A worker with the digests that stand for it in keys. */
export interface IdentifiedWorker extends WorkerSpec {
  /** Null when the environment cannot even be named (no interpreter fits): its steps are then never cached, and fail when run. */
  readonly environmentDigest: Digest | null;
  /** Over the worker's own source and the protocol's Python half. */
  readonly workerDigest: Digest;
}

export interface IdentifiedToolchain {
  readonly toolchain: Toolchain;
  readonly worker: IdentifiedWorker;
  /** Architecture -> the worker that runs artifacts for it by an emulator, where it needs more than `worker` has; absent: nowhere. */
  readonly emulating?: ReadonlyMap<string, IdentifiedWorker>;
  /** Version of the toolchain's main package, read from its lock. */
  readonly version: string;
}

/** Everything a plan follows from. Gathered before planning, so that planning reads no disk and no clock. */
export interface PlanInputs {
  readonly recipe: Recipe;
  readonly contents: RecipeContents;
  readonly targets: ReadonlyMap<string, Target>;
  readonly toolchains: ReadonlyMap<string, IdentifiedToolchain>;
  readonly workers: {
    readonly prepare: IdentifiedWorker;
    readonly reference: IdentifiedWorker;
    readonly data: IdentifiedWorker;
    /** Null when the recipe has no metric. */
    readonly metric: IdentifiedWorker | null;
  };
  readonly host: Host;
  /** Absolute folder that holds one folder per recipe: `dist`. */
  readonly outputDirectory: string;
  readonly limits: Limits;
  /** Most bytes that an artifact that cannot be run here carries along to be proven elsewhere; absent: DEFAULT_PROOF_BYTES. */
  readonly proofBytes?: number;
}

/** 256 MB: the validation data and the model of every example recipe, ten times over. */
export const DEFAULT_PROOF_BYTES = 256_000_000;
