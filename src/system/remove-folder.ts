import { execFile } from "node:child_process";
import { chmod, lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** Removes a file or folder with everything in it, read-only folders included. Nothing there is no error. */
export async function removeFolder(path: string): Promise<void> {
  try {
    await makeFoldersWritable(path);
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (!(await removeWithTools(path))) throw error;
  }
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

/**
 * The system's own tools reach what Node cannot: names that are not UTF-8, and folders so deep that their paths are longer than the
 * system takes.
 */
async function removeWithTools(path: string): Promise<boolean> {
  const run = promisify(execFile);
  const stat = await lstat(path).catch(() => null);
  // For a link chmod would go on where it leads.
  if (stat?.isDirectory() === true) await run("chmod", ["-R", "u+rwX", "--", path]).catch(() => {});
  return await run("rm", ["-rf", "--", path]).then(
    () => true,
    () => false,
  );
}
