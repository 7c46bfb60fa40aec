import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type Digest, digestFromHex } from "../../domain/digest.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { errorCode } from "../../system/error-code.ts";

// Large enough that hashing, not the calls around it, takes the time.
const CHUNK_BYTES = 4 * 1024 * 1024;

/** SHA-256 of a file of any size, streamed. The error is the system's code, such as `ENOENT`. */
export async function hashFile(path: string): Promise<Result<Digest, string>> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) hash.update(chunk as Uint8Array);
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return err(code);
  }
  return ok(digestFromHex(hash.digest("hex")));
}
