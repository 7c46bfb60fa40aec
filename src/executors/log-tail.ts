import { open } from "node:fs/promises";

/** More than any stack trace that matters, less than would be felt. */
const TAIL_BYTES = 64 << 10;

/** The last part of a log, from the start of a line; empty if there is no log. Never reads the whole file. */
export async function readLogTail(path: string, maxBytes: number = TAIL_BYTES): Promise<string> {
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - maxBytes);
      const bytes = Buffer.alloc(size - start);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      const text = bytes.toString("utf8", 0, bytesRead);
      return start === 0 ? text : text.slice(text.indexOf("\n") + 1);
    } finally {
      await file.close();
    }
  } catch {
    return "";
  }
}
