import { isUtf8 } from "node:buffer";
import { chmod, lstat, opendir } from "node:fs/promises";
import { join } from "node:path";
import type { Failure } from "../domain/failure.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { refused, type SizeCount } from "./refusals.ts";

/** The system takes paths of 4096 bytes; the store's own part and a file's name must fit as well. */
const MAX_PATH_BYTES = 2000;

/**
 * Makes a command's result readable, folder by folder, and refuses what nothing else here could deal with: names that are not UTF-8, paths too long for the system, too many entries, too many bytes. Follows no link.
 */
export async function openTree(root: string, size: SizeCount): Promise<Result<void, Failure>> {
  const folders = [""];
  for (const folder of folders) {
    const failure = await openFolder(root, folder, { size, folders });
    if (failure !== null) return err(failure);
  }
  return ok(undefined);
}

async function openFolder(root: string, folder: string, to: { size: SizeCount; folders: string[] }): Promise<Failure | null> {
  await chmod(join(root, folder), 0o755);
  // One entry at a time: their number is the command's choice. In Latin-1 each byte of a name is a character, so that none is lost.
  for await (const entry of await opendir(join(root, folder), { encoding: "latin1" })) {
    const name = Buffer.from(entry.name, "latin1");
    if (!isUtf8(name)) return refused(join(folder, name.toString("utf8")), "has a name that is not UTF-8");
    const path = join(folder, name.toString("utf8"));
    if (Buffer.byteLength(path) > MAX_PATH_BYTES) return refused(`${path.slice(0, 40)}...`, "lies too deep");
    const excess = to.size.add(path, entry.isFile() ? (await lstat(join(root, path))).size : 0);
    if (excess !== null) return excess;
    if (entry.isDirectory()) to.folders.push(path);
  }
  return null;
}
