import { basename, dirname, join } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import type { Result } from "../../domain/result.ts";
import { type LockOptions, lockFile, releaseAndRemove } from "../../system/file-lock.ts";
import { makeFolder } from "../../system/make-folder.ts";
import { sweepAside } from "./folder-aside.ts";

/** How to wait for others who write the same artifact: until when, and whom to tell. */
export type Waiting = Pick<LockOptions, "signal" | "onWait">;

/**
 * Does something to a published artifact's folder while nobody else publishes there or proves it. The lock lies beside the folder, where
 * every build that writes there meets it whatever its store, and is gone afterwards. What a killed Fettle left there is cleared away first.
 */
export async function holdingArtifact<T, E>(
  directory: string,
  waiting: Waiting,
  action: () => Promise<Result<T, E>>,
): Promise<Result<T, E | Failure>> {
  const path = join(dirname(directory), `.${basename(directory)}.lock`);
  // A folder that cannot be made will say so to the action.
  await makeFolder(dirname(path)).catch(() => {});
  const lock = await lockFile({ ...waiting, path, mode: "exclusive" });
  // Where no lock can be made beside it, nobody can put another folder in its place either.
  if (!lock.ok) return lock.error.reason === "read-only" ? await action() : lock;
  try {
    // What cannot be cleared away hinders nobody.
    await sweepAside(directory).catch(() => {});
    return await action();
  } finally {
    releaseAndRemove(lock.value, path);
  }
}
