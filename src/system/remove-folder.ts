import { chmod, lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** Removes a file or folder with everything in it, read-only folders included. Nothing there is no error. */
export async function removeFolder(path: string): Promise<void> {
  await makeFoldersWritable(path);
  await rm(path, { recursive: true, force: true });
}

// Entries of a folder without write permission cannot be removed, except by root.
async function makeFoldersWritable(path: string): Promise<void> {
  const stat = await lstat(path).catch(() => null);
  if (stat === null || !stat.isDirectory()) return;
  if ((stat.mode & 0o700) !== 0o700) await chmod(path, 0o700);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeFoldersWritable(join(path, entry.name));
  }
}
