import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Failure } from "../domain/failure.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { errorCode } from "../system/error-code.ts";

const WORLD_WRITABLE = 0o002;

/**
 * The folder of lock files that all Fettle work on this host meets in, whoever runs it. `$FETTLE_LEASES` names another; else
 * /run/lock where everybody may write (nothing there is ever cleaned up by age), else /tmp. It does not follow $TMPDIR or
 * $XDG_RUNTIME_DIR: those differ between users, and leases in different folders would not see each other.
 */
export function leaseFolder(env: NodeJS.ProcessEnv): string {
  if (env.FETTLE_LEASES) return env.FETTLE_LEASES;
  const shared = lstatSync("/run/lock", { throwIfNoEntry: false });
  const isShared = shared?.isDirectory() === true && (shared.mode & WORLD_WRITABLE) !== 0;
  return join(isShared ? "/run/lock" : "/tmp", "fettle-leases");
}

/** Makes the folder, for everybody and sticky (1777), or checks that what is there will do: a real folder, not a link. */
export function makeLeaseFolder(path: string): Result<string, Failure> {
  try {
    mkdirSync(path);
    chmodSync(path, 0o1777);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") return err(unusable(path, errorCode(error) ?? String(error)));
  }
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() !== true) return err(unusable(path, "it is not a folder"));
  return ok(path);
}

function unusable(path: string, why: string): Failure {
  return {
    reason: "read-only",
    message: `The folder ${path}, in which work on this machine takes turns, cannot be used: ${why}.`,
    hint: "Make it a folder with mode 1777, or set FETTLE_LEASES to the same writable folder for everybody on this machine.",
  };
}
