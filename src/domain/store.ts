import type { Isolation } from "./command.ts";
import type { Digest } from "./digest.ts";
import type { ImageReference } from "./environment.ts";
import type { Failure } from "./failure.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Result } from "./result.ts";

export interface TreeFile {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly digest: Digest;
  readonly size: number;
  readonly executable: boolean;
}

/** A folder of immutable files; its digest is that of the canonical JSON of its sorted file list. */
export interface Tree {
  readonly digest: Digest;
  readonly files: readonly TreeFile[];
}

/** What a step left: found again by the step's content key. */
export interface ActionRecord {
  readonly key: Digest;
  /** The step's kind and id when it was made, for people. */
  readonly step: string;
  readonly tree: Tree;
  /** The step's result: only what follows from its inputs, so that equal results give equal digests. */
  readonly result: Json;
  /** What the key was made of, for `plan --explain`. */
  readonly inputs: JsonObject;
  /** How it went this time: never part of any key. */
  readonly run: RunStatistics;
}

export interface RunStatistics {
  readonly startedAt: string;
  readonly seconds: number;
  /** Seconds inside worker processes. */
  readonly workerSeconds: number;
  readonly peakMemoryBytes: number;
  readonly isolation: Isolation | null;
  /** The image its worker ran in; left out where none was used. */
  readonly image?: ImageReference;
  /** Absolute path of the worker's whole log, or null for steps without one. */
  readonly log: string | null;
}

/** A folder beside the store's own, on the same file system, that goes away unless it is committed. */
export interface Workspace {
  /** Absolute. Holds `out/`, which `commit` takes. */
  readonly path: string;
  discard(): Promise<void>;
}

export interface CommitOptions {
  /** Most that the files may hold together, holes included. */
  readonly maxBytes: number;
}

export interface StoreProblem {
  readonly path: string;
  readonly problem: string;
}

export interface StoreStatistics {
  readonly root: string;
  readonly actions: number;
  readonly trees: number;
  readonly environments: number;
  readonly bytes: { readonly trees: number; readonly environments: number; readonly logs: number; readonly total: number };
}

export interface PruneOptions {
  /** Remove what was last used before this time, in milliseconds since the epoch. */
  readonly olderThan: number | null;
  /** Then remove the least recently used until the store is no larger. */
  readonly maxBytes: number | null;
  readonly dryRun: boolean;
}

export interface PruneReport {
  readonly removedActions: number;
  readonly removedTrees: number;
  readonly removedEnvironments: number;
  readonly freedBytes: number;
}

/** Keeps what steps made. Knows nothing of what it means. */
export interface ArtifactStore {
  readonly root: string;
  /**
   * The record under a key whose files are all still as they were written; null when there is none. Damage is a miss: the
   * damaged entry is set aside, `onDamage` hears of it, and the caller makes it again.
   */
  lookup(key: Digest): Promise<ActionRecord | null>;
  /** Absolute path of a tree of a record that `lookup` or `commit` gave. Read-only. */
  treePath(tree: Tree): string;
  /** A new workspace with an empty `out/`. */
  workspace(label: string): Promise<Result<Workspace, Failure>>;
  /** Where the log of an execution goes; survives the workspace. */
  logPath(label: string): string;
  /**
   * Hashes and moves `out/` of a workspace into the store and writes the record, both atomically and synced. What cannot be kept,
   * whatever a hostile command made of `out/`, is a failure.
   */
  commit(workspace: Workspace, record: Omit<ActionRecord, "tree">, options?: CommitOptions): Promise<Result<ActionRecord, Failure>>;
  /** Waits until no other process executes this key; the lock ends with `release` or with this process. */
  lock(key: Digest, options: { signal: AbortSignal; onWait?(): void }): Promise<Result<{ release(): Promise<void> }, Failure>>;
  /** The definition a step had when it last succeeded under this recipe, for `plan --explain` and time estimates. */
  recall(recipe: string, step: string): Promise<Remembered | null>;
  remember(recipe: string, step: string, memory: Remembered): Promise<void>;
  statistics(): Promise<StoreStatistics>;
  /** Hashes everything; damaged entries are removed. */
  verify(): Promise<readonly StoreProblem[]>;
  prune(options: PruneOptions): Promise<Result<PruneReport, Failure>>;
  /** Ends this process's holds and removes its unused workspaces. */
  close(): Promise<void>;
}

export interface Remembered {
  readonly definition: JsonObject;
  readonly contentKey: Digest;
  readonly seconds: number;
}
