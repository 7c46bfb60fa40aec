import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { err, ok, type Result } from "../domain/result.ts";
import { errorCode } from "./error-code.ts";

/** More than any document of the protocol: a record of thousands of shards or operators is a few megabytes. */
const MAX_BYTES = 32 << 20;

/**
 * Reads a document that a program which is not trusted left in its workspace. It may have left anything there: a link to a file of the
 * user's is not followed, a pipe is not waited for, what is larger than 32 MiB is not read.
 *
 * @returns the text, or a few words why there is none: the system's name of the error (`ENOENT`) where it has one.
 */
export function readPlainFile(path: string): Result<string, string> {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return err(errorCode(error) ?? String(error));
  }
  try {
    return readOpen(descriptor);
  } catch (error) {
    return err(errorCode(error) ?? String(error));
  } finally {
    closeSync(descriptor);
  }
}

/** The value of a JSON document that `readPlainFile` can read; null where there is none. */
export function readPlainJson(path: string): unknown {
  const text = readPlainFile(path);
  if (!text.ok) return null;
  try {
    return JSON.parse(text.value);
  } catch {
    return null;
  }
}

function readOpen(descriptor: number): Result<string, string> {
  const found = fstatSync(descriptor);
  if (!found.isFile()) return err("it is not a file");
  if (found.size > MAX_BYTES) return err(`it has ${found.size} bytes`);
  const bytes = Buffer.alloc(found.size);
  let done = 0;
  while (done < bytes.length) {
    const count = readSync(descriptor, bytes, done, bytes.length - done, done);
    if (count === 0) break;
    done += count;
  }
  return ok(bytes.toString("utf8", 0, done));
}
