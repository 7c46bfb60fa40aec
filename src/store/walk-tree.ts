import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

export interface WalkedTree {
  /** Relative paths of regular files, sorted. */
  readonly files: readonly string[];
  /** Relative paths of folders, parents before children; "" is the root. */
  readonly folders: readonly string[];
  /** Everything else: links, sockets, devices. */
  readonly others: readonly { readonly path: string; readonly kind: "link" | "special" }[];
}

/** Lists a folder without following links. */
export async function walkTree(root: string): Promise<WalkedTree> {
  const files: string[] = [];
  const folders: string[] = [];
  const others: { path: string; kind: "link" | "special" }[] = [];
  const visit = async (folder: string): Promise<void> => {
    folders.push(folder);
    for (const entry of await sortedEntries(join(root, folder))) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile()) files.push(path);
      else others.push({ path, kind: entry.isSymbolicLink() ? "link" : "special" });
    }
  };
  await visit("");
  return { files: files.sort(), folders, others };
}

async function sortedEntries(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}
