import { randomBytes } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Failure } from "../domain/failure.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { diskFailure, readOnlyFailure } from "./disk-failure.ts";
import { type FileLock, lockFile, releaseAndRemove, tryLockFile } from "./file-lock.ts";
import { makeFolder } from "./make-folder.ts";
import { removeFolder } from "./remove-folder.ts";

/** A folder of one process. Its lock file is held as long as the process lives, so others can tell it is in use. */
export interface RunFolder {
  readonly path: string;
  /** The lock's descriptor: a program that it is handed on to keeps the folder in use, even where it outlives us. */
  readonly lockDescriptor: number;
  remove(): Promise<void>;
}

const LOCK_SUFFIX = ".lock";

/** Makes a folder of this process's in `parent`: the lock first, so that a folder without a held lock is always a dead process's. */
export async function makeRunFolder(parent: string): Promise<Result<RunFolder, Failure>> {
  const path = join(parent, `${process.pid}-${randomBytes(6).toString("hex")}`);
  const lockPath = path + LOCK_SUFFIX;
  try {
    await makeFolder(parent);
    const lock = await lockFile({ path: lockPath, mode: "exclusive" });
    if (!lock.ok) return err(lock.error.reason === "read-only" ? readOnlyFailure(parent) : lock.error);
    // Closed to other users: it may hold passwords, and programs that run with their owner's rights.
    await mkdir(path, { mode: 0o700 });
    return ok({ path, lockDescriptor: lock.value.descriptor, remove: () => removeRun(path, lock.value, lockPath) });
  } catch (error) {
    const failure = await diskFailure(error, path);
    if (failure === null) throw error;
    return err(failure);
  }
}

/** A folder of this process's in `parent` for as long as `use` takes; what dead processes left there is removed first. */
export async function withRunFolder<T>(parent: string, use: (run: RunFolder) => Promise<T>): Promise<Result<T, Failure>> {
  await sweepRunFolders(parent);
  const run = await makeRunFolder(parent);
  if (!run.ok) return run;
  try {
    return ok(await use(run.value));
  } catch (error) {
    const failure = await diskFailure(error, parent);
    if (failure === null) throw error;
    return err(failure);
  } finally {
    await run.value.remove();
  }
}

/** Removes what dead processes left in `parent`. */
export async function sweepRunFolders(parent: string): Promise<void> {
  const entries = await readdir(parent).catch(() => []);
  const runs = new Set(entries.map((name) => (name.endsWith(LOCK_SUFFIX) ? name.slice(0, -LOCK_SUFFIX.length) : name)));
  for (const run of runs) {
    const lockPath = join(parent, run + LOCK_SUFFIX);
    const lock = await tryLockFile({ path: lockPath, mode: "exclusive" });
    if (!lock.ok || lock.value === null) continue;
    await removeRun(join(parent, run), lock.value, lockPath);
  }
}

async function removeRun(path: string, lock: FileLock, lockPath: string): Promise<void> {
  try {
    await removeFolder(path);
  } finally {
    releaseAndRemove(lock, lockPath);
  }
}
