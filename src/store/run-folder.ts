import { randomBytes } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Failure } from "../domain/failure.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { diskFailure } from "../system/disk-failure.ts";
import { type FileLock, lockFile, releaseAndRemove, tryLockFile } from "../system/file-lock.ts";
import { removeFolder } from "../system/remove-folder.ts";
import type { StoreLayout } from "./layout.ts";

/** The folder of one process under work/. Its lock file is held as long as the process lives, so others can tell it is in use. */
export interface RunFolder {
  readonly path: string;
  remove(): Promise<void>;
}

const LOCK_SUFFIX = ".lock";

/** Makes this process's folder: the lock first, so that a folder without a held lock is always a dead process's. */
export async function makeRunFolder(layout: StoreLayout): Promise<Result<RunFolder, Failure>> {
  const path = join(layout.work, `${process.pid}-${randomBytes(6).toString("hex")}`);
  const lockPath = path + LOCK_SUFFIX;
  try {
    await mkdir(layout.work, { recursive: true });
    const lock = await lockFile({ path: lockPath, mode: "exclusive" });
    if (!lock.ok) return err(lock.error.reason === "read-only" ? readOnly(layout) : lock.error);
    // Closed to other users: what a command makes in its workspace may be a program that runs with its owner's rights.
    await mkdir(path, { mode: 0o700 });
    return ok({ path, remove: () => removeRun(path, lock.value, lockPath) });
  } catch (error) {
    const failure = await diskFailure(error, path);
    if (failure === null) throw error;
    return err(failure);
  }
}

function readOnly({ root }: StoreLayout): Failure {
  return {
    reason: "read-only",
    message: `The store ${root} cannot be written.`,
    hint: "Make it writable, or set FETTLE_HOME to a folder that is; results that are in the store can still be used.",
  };
}

/** Removes what dead processes left under work/. */
export async function sweepRunFolders(layout: StoreLayout): Promise<void> {
  const entries = await readdir(layout.work).catch(() => []);
  const runs = new Set(entries.map((name) => (name.endsWith(LOCK_SUFFIX) ? name.slice(0, -LOCK_SUFFIX.length) : name)));
  for (const run of runs) {
    const lockPath = join(layout.work, run + LOCK_SUFFIX);
    const lock = await tryLockFile({ path: lockPath, mode: "exclusive" });
    if (!lock.ok || lock.value === null) continue;
    await removeRun(join(layout.work, run), lock.value, lockPath);
  }
}

async function removeRun(path: string, lock: FileLock, lockPath: string): Promise<void> {
  try {
    await removeFolder(path);
  } finally {
    releaseAndRemove(lock, lockPath);
  }
}
