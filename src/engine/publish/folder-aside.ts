import { existsSync } from "node:fs";
import { readdir, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { dir } from "tmp-promise";
import { makeFolder } from "../../system/make-folder.ts";
import { removeFolder } from "../../system/remove-folder.ts";
import { EARLIER, replaceFolder } from "../../system/replace-folder.ts";

/**
 * Has `fill` write a folder beside `directory`, on the same file system, and renames it into place if that went well. At no moment does
 * `directory` hold a mixture; between the two renames it is absent.
 */
export async function replaceFromAside<T extends { readonly ok: boolean }>(
  directory: string,
  fill: (folder: string) => Promise<T>,
): Promise<T> {
  const parent = dirname(directory);
  await makeFolder(parent);
  const aside = await dir({ tmpdir: parent, prefix: asidePrefix(directory), mode: 0o755, unsafeCleanup: true });
  try {
    const filled = await fill(aside.path);
    if (filled.ok) await replaceFolder(aside.path, directory);
    return filled;
  } finally {
    // What was renamed into place is no longer there to be removed.
    if (existsSync(aside.path)) await aside.cleanup();
  }
}

/**
 * Clears away what a killed Fettle was writing beside `directory`; what it had moved out of the way and not yet replaced comes back first.
 * For who holds the folder's lock: nobody living writes there then.
 */
export async function sweepAside(directory: string): Promise<void> {
  const parent = dirname(directory);
  const left = (await readdir(parent).catch(() => [])).filter((name) => name.startsWith(`${asidePrefix(directory)}-`));
  const earlier = left.find((name) => name.endsWith(EARLIER));
  if (earlier !== undefined && !existsSync(directory)) await rename(join(parent, earlier), directory);
  for (const name of left) await removeFolder(join(parent, name));
}

// Unlike any name of a target, so that no other target's folder is taken for one.
function asidePrefix(directory: string): string {
  return `.${basename(directory)}.fettle-new`;
}
