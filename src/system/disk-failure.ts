import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Failure } from "../domain/failure.ts";
import { errorCode } from "./error-code.ts";

/** Says what is wrong with the disk, if that is what an error means; null for anything else, which is then a bug. */
export async function diskFailure(error: unknown, path: string): Promise<Failure | null> {
  const code = errorCode(error);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return {
      reason: "disk-full",
      message: `No room left on the disk that holds ${path} (${await freeText(path)}).`,
      hint: "Free some space, run `fettle store prune`, or set FETTLE_HOME to a larger disk.",
    };
  }
  if (code === "EROFS" || code === "EACCES" || code === "EPERM" || code === "ENOTDIR") {
    return readOnlyFailure(path, code);
  }
  return null;
}

/** A store, or a part of it, that cannot be written. */
export function readOnlyFailure(path: string, code?: string): Failure {
  return {
    reason: "read-only",
    message: `${path} cannot be written${code === undefined ? "" : ` (${code})`}.`,
    hint: "Make it writable, or set FETTLE_HOME to a folder that is; results that are in the store can still be used.",
  };
}

async function freeText(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    try {
      const disk = await statfs(at);
      return `${disk.bavail * disk.bsize} bytes free, ${disk.ffree} files free`;
    } catch (error) {
      if (errorCode(error) !== "ENOENT" || at === dirname(at)) return "free space unknown";
    }
  }
}
