import { randomBytes } from "node:crypto";
import { lstatSync } from "node:fs";
import { mkdir, rename, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { type Digest, shortDigest } from "../domain/digest.ts";
import type { Failure } from "../domain/failure.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type {
  ActionRecord,
  ArtifactStore,
  CommitOptions,
  PruneOptions,
  PruneReport,
  Remembered,
  StoreProblem,
  StoreStatistics,
  Tree,
  Workspace,
} from "../domain/store.ts";
import { diskFailure, readOnlyFailure } from "../system/disk-failure.ts";
import { type FileLock, lockFile, releaseAndRemove } from "../system/file-lock.ts";
import { removeFolder } from "../system/remove-folder.ts";
import { makeRunFolder, type RunFolder, sweepRunFolders } from "../system/run-folder.ts";
import { readRecord, writeRecord } from "./action-records.ts";
import { checkTree } from "./check-tree.ts";
import { commitTree, discardTreeIf } from "./commit-tree.ts";
import { actionPath, fileNameOf, keyLockPath, type StoreLayout, treeFiles, treeFolder } from "./layout.ts";
import { readMemory, writeMemory } from "./memory.ts";
import { pruneAlone } from "./prune-alone.ts";
import { refused } from "./refusals.ts";
import { storeStatistics } from "./store-statistics.ts";
import { verifyStore } from "./verify-store.ts";

export interface LocalStoreParts {
  readonly layout: StoreLayout;
  /** The shared lock that keeps prune away; null where nothing can be pruned. */
  readonly hold: FileLock | null;
  onDamage(problem: StoreProblem): void;
}

const UNLIMITED: CommitOptions = { maxBytes: Number.POSITIVE_INFINITY };

/** The content store in a folder of this machine. Any number of processes may use one folder. */
export class LocalStore implements ArtifactStore {
  readonly root: string;
  readonly #layout: StoreLayout;
  readonly #onDamage: (problem: StoreProblem) => void;
  readonly #sweeping: Promise<void>;
  #hold: FileLock | null;
  #run: Promise<Result<RunFolder, Failure>> | null = null;
  #names = 0;

  constructor({ layout, hold, onDamage }: LocalStoreParts) {
    this.root = layout.root;
    this.#layout = layout;
    this.#hold = hold;
    this.#onDamage = onDamage;
    // In the background: what cannot be swept now is swept at another time.
    this.#sweeping = sweepRunFolders(layout.work).catch(() => {});
  }

  async lookup(key: Digest): Promise<ActionRecord | null> {
    const read = await readRecord(this.#layout, key);
    if (read.state === "absent") return null;
    const path = actionPath(this.#layout, key);
    if (read.state === "damaged") {
      await this.#dropAction(path, { path, problem: read.problem });
      return null;
    }
    const check = await checkTree(this.#layout, read.record.tree, this.#scratch);
    if (check.state === "whole") {
      await touch(path);
      return read.record;
    }
    const missing = { path: treeFolder(this.#layout, read.record.tree.digest), problem: "is missing" };
    await this.#dropTree(read.record.tree);
    await this.#dropAction(path, check.state === "missing" ? missing : { path: check.path, problem: check.problem });
    return null;
  }

  treePath(tree: Tree): string {
    return treeFiles(this.#layout, tree.digest);
  }

  async workspace(label: string): Promise<Result<Workspace, Failure>> {
    const run = await this.#runFolder();
    if (!run.ok) return run;
    const path = join(run.value.path, this.#uniqueName(label));
    try {
      await mkdir(join(path, "out"), { recursive: true });
      return ok({ path, discard: () => removeFolder(path) });
    } catch (error) {
      return await this.#failed(error, path);
    }
  }

  logPath(label: string): string {
    const time = new Date().toISOString().replaceAll(/[-:]/g, "").slice(0, 15);
    return join(this.#layout.logs, `${time}-${fileNameOf(label)}-${randomBytes(3).toString("hex")}.log`);
  }

  async commit(
    workspace: Workspace,
    record: Omit<ActionRecord, "tree">,
    { maxBytes }: CommitOptions = UNLIMITED,
  ): Promise<Result<ActionRecord, Failure>> {
    const staging = `${workspace.path}.commit`;
    try {
      await mkdir(staging);
      const left = lstatSync(join(workspace.path, "out"), { throwIfNoEntry: false });
      if (left?.isDirectory() !== true) return err(refused("out", "is not a folder any more"));
      await rename(join(workspace.path, "out"), join(staging, "files"));
      const tree = await commitTree(this.#layout, staging, maxBytes);
      if (!tree.ok) return tree;
      const whole: ActionRecord = { ...record, tree: tree.value };
      await writeRecord(this.#layout, whole, workspace.path);
      return ok(whole);
    } catch (error) {
      return await this.#failed(error, this.root);
    } finally {
      await removeFolder(staging);
    }
  }

  async lock(key: Digest, options: { signal: AbortSignal; onWait?(): void }): Promise<Result<{ release(): Promise<void> }, Failure>> {
    const path = keyLockPath(this.#layout, key);
    const lock = await lockFile({ path, mode: "exclusive", ...options });
    if (lock.ok) return ok({ release: async () => releaseAndRemove(lock.value, path) });
    return lock.error.reason === "read-only" ? err(readOnlyFailure(this.root)) : lock;
  }

  async recall(recipe: string, step: string): Promise<Remembered | null> {
    return await readMemory({ layout: this.#layout, recipe, step });
  }

  async remember(recipe: string, step: string, memory: Remembered): Promise<void> {
    await writeMemory({ layout: this.#layout, recipe, step }, memory, this.#scratch);
  }

  async statistics(): Promise<StoreStatistics> {
    return await storeStatistics(this.#layout);
  }

  async verify(): Promise<readonly StoreProblem[]> {
    return await verifyStore(this.#layout, this.#asideFor);
  }

  async prune(options: PruneOptions): Promise<Result<PruneReport, Failure>> {
    await this.#sweeping;
    const pruned = await pruneAlone(this.#layout, this.#hold, options);
    this.#hold = pruned.hold;
    return pruned.result;
  }

  async close(): Promise<void> {
    await this.#sweeping;
    const run = await this.#run;
    this.#run = null;
    if (run?.ok === true) await run.value.remove();
    this.#hold?.release();
    this.#hold = null;
  }

  /** The folder for half-made files; null when the store cannot be written. */
  readonly #scratch = async (): Promise<string | null> => {
    const run = await this.#runFolder();
    return run.ok ? run.value.path : null;
  };

  /** A place for a damaged tree to be removed at; null when the store cannot be written. */
  readonly #asideFor = async (tree: Digest): Promise<string | null> => {
    const scratch = await this.#scratch();
    return scratch && join(scratch, this.#uniqueName(`damaged-${shortDigest(tree)}`));
  };

  // Made at the first need: a build that only reads needs no folder and no lock.
  async #runFolder(): Promise<Result<RunFolder, Failure>> {
    this.#run ??= makeRunFolder(this.#layout.work);
    const run = await this.#run;
    if (!run.ok) this.#run = null;
    return run;
  }

  #uniqueName(label: string): string {
    this.#names += 1;
    return `${fileNameOf(label)}-${this.#names}`;
  }

  async #dropAction(path: string, problem: StoreProblem): Promise<void> {
    await rm(path, { force: true }).catch(() => {});
    this.#onDamage(problem);
  }

  async #dropTree(tree: Tree): Promise<void> {
    const aside = await this.#asideFor(tree.digest);
    if (aside === null) return;
    const isDamaged = async () => (await checkTree(this.#layout, tree, async () => null)).state !== "whole";
    await discardTreeIf(this.#layout, tree.digest, aside, isDamaged);
  }

  async #failed(error: unknown, path: string): Promise<Result<never, Failure>> {
    const failure = await diskFailure(error, path);
    if (failure === null) throw error;
    return err(failure);
  }
}

// The mtime of a record is the time of its last use; a store that cannot be written keeps no such time.
async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => {});
}
