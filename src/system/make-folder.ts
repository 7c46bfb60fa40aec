import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { errorCode } from "./error-code.ts";

/**
 * Makes a folder and those above it. Throws the system's own error: EROFS, EACCES, ENOTDIR, ... Node's recursive way says ENOENT of a
 * file system that is read-only, and never comes to an end below /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  const missing: string[] = [];
  for (let at = resolve(path); !(await exists(at)); at = dirname(at)) missing.unshift(at);
  for (const folder of missing) {
    try {
      await mkdir(folder);
    } catch (error) {
      // Another process may have been quicker.
      if (errorCode(error) === "EEXIST") continue;
      // The folder above is there, and yet nothing can be made in it.
      if (errorCode(error) === "ENOENT") throw Object.assign(new Error(`${folder} cannot be made`), { code: "EROFS" });
      throw error;
    }
  }
  if (!(await stat(path)).isDirectory()) throw Object.assign(new Error(`${path} is not a folder`), { code: "ENOTDIR" });
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
}
