import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { type Digest, digestFromHex } from "../domain/digest.ts";

const CHUNK_BYTES = 1 << 20;

/** SHA-256 of a file in one pass with constant memory. With `sync`, the file is also flushed to the disk. */
export async function hashFile(path: string, options: { sync?: boolean } = {}): Promise<{ digest: Digest; size: number }> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const hashed = await hashHandle(file);
    if (options.sync === true) await file.sync();
    return hashed;
  } finally {
    await file.close();
  }
}

async function hashHandle(file: FileHandle): Promise<{ digest: Digest; size: number }> {
  const hash = createHash("sha256");
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let size = 0;
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, null);
    if (bytesRead === 0) return { digest: digestFromHex(hash.digest("hex")), size };
    hash.update(bytesRead === CHUNK_BYTES ? chunk : chunk.subarray(0, bytesRead));
    size += bytesRead;
  }
}
