import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { type Digest, digestFromHex } from "../domain/digest.ts";

const BLOCK = 1 << 20;

/** SHA-256 of a file of any size, read in blocks. */
export async function digestFile(path: string): Promise<Digest> {
  await using file = await open(path);
  const hash = createHash("sha256");
  const block = Buffer.allocUnsafe(BLOCK);
  for (;;) {
    const { bytesRead } = await file.read(block, 0, BLOCK);
    if (bytesRead === 0) return digestFromHex(hash.digest("hex"));
    hash.update(block.subarray(0, bytesRead));
  }
}
