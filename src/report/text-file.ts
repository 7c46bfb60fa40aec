import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Failure } from "../domain/failure.ts";
import { err, ok, type Result } from "../domain/result.ts";

/** A file that grows and is whole after every write. */
export interface TextFile {
  /** Writes `text` and then `tail`, which the next write replaces: so a JSON document stays valid while it grows. */
  append(text: string, tail?: string): void;
  close(): void;
}

/**
 * Opens a file for a reporter, empty. Writes are synchronous, so what was told is in the kernel's hands before the build
 * goes on, and stays when Fettle is killed. A write that fails is told once to `onFailure`, and the file is left alone.
 */
export function openTextFile(path: string, onFailure: (failure: Failure) => void): Result<TextFile, Failure> {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const descriptor = openSync(path, "w");
    return ok(createTextFile(descriptor, (error) => onFailure(writeFailure(path, error))));
  } catch (error) {
    return err(writeFailure(path, error));
  }
}

function createTextFile(descriptor: number, onError: (error: unknown) => void): TextFile {
  // A pipe or a terminal cannot take a tail back: there it is written at the end only.
  const seekable = fstatSync(descriptor).isFile();
  let end = 0;
  let pendingTail = "";
  let broken = false;
  const attempt = (action: () => void): void => {
    if (broken) return;
    try {
      action();
    } catch (error) {
      broken = true;
      onError(error);
    }
  };
  return {
    append(text, tail = "") {
      attempt(() => {
        const bytes = Buffer.from(text);
        writeAll(descriptor, seekable ? Buffer.concat([bytes, Buffer.from(tail)]) : bytes, seekable ? end : null);
        end += bytes.length;
        if (seekable) ftruncateSync(descriptor, end + Buffer.byteLength(tail));
        else pendingTail = tail;
      });
    },
    close() {
      attempt(() => {
        if (!seekable && pendingTail !== "") writeAll(descriptor, Buffer.from(pendingTail), null);
        closeSync(descriptor);
      });
      broken = true;
    },
  };
}

function writeAll(descriptor: number, bytes: Buffer, position: number | null): void {
  let done = 0;
  while (done < bytes.length) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, position === null ? null : position + done);
  }
}

function writeFailure(path: string, error: unknown): Failure {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const cause = error instanceof Error ? error.message : String(error);
  return { reason: code === "ENOSPC" ? "disk-full" : "read-only", message: `The file ${path} cannot be written: ${cause}` };
}
