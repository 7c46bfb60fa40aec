import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Writes a file so that at any moment, power cuts included, either the old contents are there or the new ones: aside in
 * `scratch` (same file system), synced, renamed, and the folder synced.
 */
export async function writeDurably(path: string, text: string, scratch: string): Promise<void> {
  const aside = join(scratch, `${basename(path)}.${randomBytes(6).toString("hex")}`);
  try {
    await writeSynced(aside, text);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await syncPath(dirname(path));
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Flushes a file, or a folder's entries, to the disk. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
