import { constants } from "node:fs";
import { cp, lstat, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Mount } from "../../domain/command.ts";
import { removeFolder } from "../../system/remove-folder.ts";

/** Inputs up to this size are copied to a kept container: 256 MB take a fraction of the second that another container would. */
export const MOST_COPIED_BYTES = 256 << 20;

/** Whether what is mounted is at most `most` bytes; looks at no more files than it must. */
export async function isAtMost(mounts: readonly Mount[], most: number): Promise<boolean> {
  let left = most;
  for (const { source } of mounts) {
    left -= await sizeUpTo(source, left);
    if (left < 0) return false;
  }
  return true;
}

/** Puts copies of the inputs at their places; where the file system can, they share its blocks. */
export async function copyInputs(workspace: string, mounts: readonly Mount[]): Promise<void> {
  for (const { source, at } of mounts) {
    await cp(source, join(workspace, at), { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  }
}

/** Removes the copies again. A command may have put a link where a folder was: what lies behind it is none of ours. */
export async function removeInputs(workspace: string, mounts: readonly Mount[]): Promise<void> {
  for (const { at } of mounts) if (await isOwnFolder(workspace, dirname(at))) await removeFolder(join(workspace, at));
}

async function isOwnFolder(workspace: string, path: string): Promise<boolean> {
  if (path === ".") return true;
  if (!(await isOwnFolder(workspace, dirname(path)))) return false;
  const stat = await lstat(join(workspace, path)).catch(() => null);
  return stat?.isDirectory() === true;
}

async function sizeUpTo(path: string, most: number): Promise<number> {
  const stat = await lstat(path);
  if (!stat.isDirectory()) return stat.size;
  let size = 0;
  for (const name of await readdir(path)) {
    size += await sizeUpTo(join(path, name), most - size);
    if (size > most) break;
  }
  return size;
}
