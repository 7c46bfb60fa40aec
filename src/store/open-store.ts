import { resolve } from "node:path";
import type { Failure } from "../domain/failure.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type { ArtifactStore, StoreProblem } from "../domain/store.ts";
import { diskFailure } from "../system/disk-failure.ts";
import { errorCode } from "../system/error-code.ts";
import { type FileLock, lockFile } from "../system/file-lock.ts";
import { makeFolder } from "../system/make-folder.ts";
import { holdLockPath, type StoreLayout, storeLayout } from "./layout.ts";
import { LocalStore } from "./local-store.ts";

export interface OpenStoreOptions {
  readonly root: string;
  /** Hears of every damaged entry that a lookup met; the entry is a miss and heals. */
  onDamage(problem: StoreProblem): void;
}

/**
 * Opens (or makes) the store under `root` and holds it: as long as this process lives or until `close`, nothing is pruned.
 * Waits while a prune is under way. A store that cannot be written opens too, and serves its hits.
 */
export async function openStore(options: OpenStoreOptions): Promise<Result<ArtifactStore, Failure>> {
  const layout = storeLayout(resolve(options.root));
  const made = await makeFolders(layout);
  if (!made.ok) return made;
  const hold = await takeHold(layout);
  if (!hold.ok) return hold;
  return ok(new LocalStore({ layout, hold: hold.value, onDamage: options.onDamage }));
}

async function makeFolders(layout: StoreLayout): Promise<Result<void, Failure>> {
  const folders = [layout.root, layout.actions, layout.trees, layout.memory, layout.work, layout.locks, layout.logs, layout.environments];
  for (const folder of folders) {
    try {
      await makeFolder(folder);
    } catch (error) {
      const failure =
        errorCode(error) === "ENOTDIR" || errorCode(error) === "EEXIST" ? notAFolder(folder) : await diskFailure(error, folder);
      if (failure === null) throw error;
      return err(failure);
    }
  }
  return ok(undefined);
}

/** A store that nobody can write, lock file included, cannot be pruned either: it needs no hold. */
async function takeHold(layout: StoreLayout): Promise<Result<FileLock | null, Failure>> {
  const lock = await lockFile({ path: holdLockPath(layout), mode: "shared" });
  if (!lock.ok && lock.error.reason === "read-only") return ok(null);
  return lock;
}

function notAFolder(path: string): Failure {
  return { reason: "read-only", message: `${path} is not a folder, so no store can be there.`, hint: "Set FETTLE_HOME to another folder." };
}
