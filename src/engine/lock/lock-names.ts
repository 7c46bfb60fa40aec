import { relative } from "node:path";
import type { Host } from "../../domain/host.ts";

/** The name of a lock file beside a recipe. */
export const LOCK_NAME = "fettle.lock";

/** A file's place in a lock: relative to the lock's folder, so that no path of a machine is in it. */
export function lockKey(file: string, folder: string): string {
  return relative(folder, file);
}

/** The name a platform has in lock files, as Python has it: `linux-x86_64`. */
export function platformName(host: Pick<Host, "architecture">): string {
  return `linux-${host.architecture === "x86-64" ? "x86_64" : host.architecture}`;
}

/** `3.11` of `3.11.7`: packages are built for a minor version. */
export function minorOf(python: string): string {
  return python.split(".").slice(0, 2).join(".");
}
