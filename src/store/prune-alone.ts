import type { Failure } from "../domain/failure.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type { PruneOptions, PruneReport } from "../domain/store.ts";
import { diskFailure } from "../system/disk-failure.ts";
import { type FileLock, tryLockFile } from "../system/file-lock.ts";
import { holdLockPath, type StoreLayout } from "./layout.ts";
import { pruneStore } from "./prune-store.ts";

/**
 * Prunes if no other process holds the store; refuses rather than waits when one does, since a build may take hours.
 * Our own shared hold is given up for the exclusive one and taken again afterwards.
 */
export async function pruneAlone(
  layout: StoreLayout,
  hold: FileLock | null,
  options: PruneOptions,
): Promise<{ readonly result: Result<PruneReport, Failure>; readonly hold: FileLock | null }> {
  hold?.release();
  const path = holdLockPath(layout);
  const alone = await tryLockFile({ path, mode: "exclusive" });
  const result = alone.ok ? (alone.value === null ? err(inUse(layout)) : await prune(layout, options)) : alone;
  if (alone.ok) alone.value?.release();
  const shared = hold === null ? null : await tryLockFile({ path, mode: "shared" });
  return { result, hold: shared?.ok === true ? shared.value : null };
}

async function prune(layout: StoreLayout, options: PruneOptions): Promise<Result<PruneReport, Failure>> {
  try {
    return ok(await pruneStore(layout, options));
  } catch (error) {
    const failure = await diskFailure(error, layout.root);
    if (failure === null) throw error;
    return err(failure);
  }
}

function inUse(layout: StoreLayout): Failure {
  return {
    reason: "store-in-use",
    message: `The store ${layout.root} is in use by another process, so nothing was removed.`,
    hint: "Prune when no build is running.",
  };
}
