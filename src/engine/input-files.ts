import { constants } from "node:fs";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { digestBytes } from "../domain/digest.ts";
import type { Failure } from "../domain/failure.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type { InputFile } from "../domain/step-specs.ts";
import { digestFile } from "../system/digest-file.ts";

/**
 * Writes small input files (scripts and what they import) into a folder. What is written is what was hashed when the recipe
 * was loaded: a file that changed since is a failure, never a result under the wrong key.
 */
export async function writeInputFiles(files: readonly InputFile[], folder: string): Promise<Result<void, Failure>> {
  for (const file of files) {
    const bytes = await readFile(file.path).catch(() => null);
    if (bytes === null || digestBytes(bytes) !== file.digest) return err(changed(file));
    const to = join(folder, file.at);
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, bytes);
  }
  return ok(undefined);
}

/** The same for large files: copied by reference where the file system can, hashed as copied. */
export async function copyInputFiles(files: readonly InputFile[], folder: string): Promise<Result<void, Failure>> {
  for (const file of files) {
    const to = join(folder, file.at);
    await mkdir(dirname(to), { recursive: true });
    const copied = await copyFile(file.path, to, constants.COPYFILE_FICLONE).then(
      () => true,
      () => false,
    );
    if (!copied || (await digestFile(to)) !== file.digest) return err(changed(file));
  }
  return ok(undefined);
}

function changed(file: InputFile): Failure {
  return {
    reason: "hash-mismatch",
    message: `${file.path} changed while the build was running, or can no longer be read.`,
    hint: "Run the build again.",
  };
}
