import { lchown, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Gives a folder and all in it to a user; links are given, never followed. Only root can. */
export async function giveTo({ uid, gid }: { readonly uid: number; readonly gid: number }, folder: string): Promise<void> {
  await lchown(folder, uid, gid);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await giveTo({ uid, gid }, path);
    else await lchown(path, uid, gid);
  }
}
