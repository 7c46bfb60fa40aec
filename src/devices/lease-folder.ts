import { chmodSync, lstatSync, mkdtempSync, readdirSync, renameSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import type { Failure } from "../domain/failure.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { errorCode } from "../system/error-code.ts";

const WORLD_WRITABLE = 0o002;
const FOR_EVERYBODY = 0o1777;

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

/**
 * Makes the folder, for everybody and sticky (1777), or checks that what is there will do: a real folder, not a link. One of ours that
 * others cannot write, as a process that was killed may have left it, is opened to them.
 */
export function makeLeaseFolder(path: string): Result<string, Failure> {
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) makeForEverybody(path);
    const stat = lstatSync(path);
    if (!stat.isDirectory()) return err(unusable(path, "it is not a folder"));
    if ((stat.mode & FOR_EVERYBODY) !== FOR_EVERYBODY && stat.uid === process.getuid?.() && holdsLeasesAlone(path))
      chmodSync(path, FOR_EVERYBODY);
    return ok(path);
  } catch (error) {
    return err(unusable(path, errorCode(error) ?? String(error)));
  }
}

/** Renamed into place as it is to be: at no moment, killed or not, is there a folder that others cannot write. */
function makeForEverybody(path: string): void {
  const aside = mkdtempSync(`${path}.new-`);
  try {
    chmodSync(aside, FOR_EVERYBODY);
    renameSync(aside, path);
  } catch (error) {
    rmdirSync(aside);
    // Another process was faster.
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) throw error;
  }
}

/** A folder that $FETTLE_LEASES names may hold what is nobody else's business. */
function holdsLeasesAlone(path: string): boolean {
  return readdirSync(path).every((name) => /\.lock(\.turnstile)?$/.test(name));
}

function unusable(path: string, why: string): Failure {
  return {
    reason: "read-only",
    message: `The folder ${path}, in which work on this machine takes turns, cannot be used: ${why}.`,
    hint: "Make it a folder with mode 1777, or set FETTLE_LEASES to the same writable folder for everybody on this machine.",
  };
}
