import { constants } from "node:fs";
import { access, rename, rm, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Failure } from "../domain/failure.ts";
import { errorCode } from "./error-code.ts";
import { makeFolder } from "./make-folder.ts";

/** Writes a file beside its place and renames it there: a reader sees the old text or the new one. @returns why it could not be written */
export async function replaceFile(path: string, text: string): Promise<Failure | null> {
  const aside = `${path}.${process.pid}`;
  try {
    await makeFolder(dirname(resolve(path)));
    await writeFile(aside, text);
    await rename(aside, path);
    return null;
  } catch (error) {
    await rm(aside, { force: true });
    return fileFailure(path, error);
  }
}

/** Why a file could not be written later; makes its folder where there is none. */
export async function unwritable(path: string): Promise<Failure | null> {
  try {
    await makeFolder(dirname(resolve(path)));
    await access(dirname(resolve(path)), constants.W_OK);
    return null;
  } catch (error) {
    return fileFailure(path, error);
  }
}

function fileFailure(path: string, error: unknown): Failure {
  const code = errorCode(error);
  if (code === null) throw error;
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  return {
    reason: isFull ? "disk-full" : "read-only",
    message: `The file ${path} cannot be written: ${code}.`,
    hint: isFull ? "Free some space, or choose another place for it." : "Choose another place for it.",
  };
}
