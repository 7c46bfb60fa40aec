import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { errorCode } from "../../system/error-code.ts";
import { containerDirectory, PACKAGE_ROOT, packageVersion } from "../../system/package-root.ts";

export interface NewToolchain {
  /** The word recipes will use. */
  readonly name: string;
  readonly title: string;
  /** Absolute; made if it is not there. */
  readonly folder: string;
}

/** What a name of a toolchain looks like; the registry takes no other. */
export const TOOLCHAIN_NAME = /^[a-z][a-z0-9-]*$/;

/**
 * Writes a plug-in that works and passes the conformance kit as it is: the files of `templates/toolchain/` with the name filled
 * in, and the lock of the onnxruntime worker, whose environment every user of Fettle has. Nothing that is there is overwritten.
 *
 * @returns the files that were written, relative to the folder; `read-only` where the folder holds anything or cannot be written.
 */
export async function newToolchain({ name, title, folder }: NewToolchain): Promise<Result<readonly string[], Failure>> {
  const files = await filesOf(name, title);
  try {
    await mkdir(folder, { recursive: true });
    if ((await readdir(folder)).length > 0)
      return err({ reason: "read-only", message: `${folder} is not empty.`, hint: "Name another folder." });
    for (const [file, text] of files) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text, { flag: "wx" });
    }
  } catch (error) {
    return err({ reason: "read-only", message: `${folder} cannot be written: ${errorCode(error) ?? String(error)}.` });
  }
  return ok([...files.keys()].sort());
}

async function filesOf(name: string, title: string): Promise<Map<string, string>> {
  const root = join(PACKAGE_ROOT, "templates/toolchain");
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const fill = (text: string) =>
    text.replaceAll("__NAME__", name).replaceAll("__TITLE__", title).replaceAll("__FETTLE__", packageVersion());
  const files = new Map<string, string>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(fill(relative(root, path)), fill(await readFile(path, "utf8")));
  }
  for (const file of ["requirements.in", "requirements.lock"]) {
    files.set(join(name, file), await readFile(join(containerDirectory("onnxruntime"), file), "utf8"));
  }
  return files;
}
