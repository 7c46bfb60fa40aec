import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { Host } from "../../domain/host.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { LOCK_NAME, platformName } from "../lock/lock-names.ts";
import { readLock } from "../lock/read-lock.ts";

/**
 * The registries' images that a lock file pins for this platform, by environment.
 *
 * @param file the lock the user names; null: fettle.lock of the working folder, where there is one
 */
export async function lockedImages(
  file: string | null,
  { cwd, host }: { readonly cwd: string; readonly host: Pick<Host, "architecture"> },
): Promise<Result<ReadonlyMap<string, string>, readonly Diagnostic[]>> {
  if (file === null && !existsSync(resolve(cwd, LOCK_NAME))) return ok(new Map());
  const read = await readLock(file ?? LOCK_NAME, cwd, "fettle lock RECIPE");
  if (!read.ok) return err(read.error);
  const platform = platformName(host);
  const pins = Object.entries(read.value.lock.images).flatMap(([name, { platforms }]) => {
    const reference = platforms[platform]?.pinned ?? null;
    return reference === null ? [] : [[name, reference] as const];
  });
  return ok(new Map(pins));
}
