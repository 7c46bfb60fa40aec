import { lstatSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../domain/digest.ts";
import { digestHex } from "../domain/digest.ts";
import type { Tree, TreeFile } from "../domain/store.ts";
import { hashFile } from "./hash-file.ts";
import { type StoreLayout, treeFiles, treeFolder } from "./layout.ts";
import { treeOf } from "./tree-digest.ts";
import { signaturesHold, type TreeSignatures, takeSignatures, treeSignaturesSchema } from "./tree-signatures.ts";
import { walkTree } from "./walk-tree.ts";
import { writeDurably } from "./write-durably.ts";

export type TreeCheck =
  | { readonly state: "whole" }
  | { readonly state: "missing" }
  | { readonly state: "damaged"; readonly path: string; readonly problem: string };

export const SIGNATURES_FILE = "stat.json";

/**
 * Whether a tree is as it was committed. Signatures answer in microseconds; where they are missing or differ (a restored
 * back-up, a moved store), the contents are hashed and, if `scratch` allows writing, the signatures taken anew.
 */
export async function checkTree(layout: StoreLayout, tree: Tree, scratch: () => Promise<string | null>): Promise<TreeCheck> {
  const root = treeFiles(layout, tree.digest);
  if (lstatSync(root, { throwIfNoEntry: false }) === undefined) return { state: "missing" };
  const signatures = await readSignatures(layout, tree.digest);
  if (signatures !== null && signaturesHold(root, signatures, tree.files)) return { state: "whole" };
  const check = await hashTree(layout, tree.digest);
  if (check.state === "whole") await refreshSignatures(layout, tree, scratch);
  return check;
}

/** Hashes every file of a tree; its name is the digest that must come out. */
export async function hashTree(layout: StoreLayout, digest: Digest): Promise<TreeCheck> {
  const root = treeFiles(layout, digest);
  if (lstatSync(root, { throwIfNoEntry: false }) === undefined) return { state: "missing" };
  const { files, others } = await walkTree(root);
  const odd = others[0];
  if (odd !== undefined) return { state: "damaged", path: join(root, odd.path), problem: "is not a file" };
  const listed: TreeFile[] = [];
  for (const path of files) {
    const absolute = join(root, path);
    const executable = (lstatSync(absolute).mode & 0o111) !== 0;
    listed.push({ path, ...(await hashFile(absolute)), executable });
  }
  if (treeOf(listed).digest === digest) return { state: "whole" };
  return await nameDamage(layout, digest, listed);
}

// The signatures say which file differs, if they can still be read; the digest alone says only that one does.
async function nameDamage(layout: StoreLayout, digest: Digest, found: readonly TreeFile[]): Promise<TreeCheck> {
  const root = treeFiles(layout, digest);
  const known = (await readSignatures(layout, digest))?.files ?? [];
  const byPath = new Map(found.map((file) => [file.path, file]));
  for (const file of known) {
    const now = byPath.get(file.path);
    if (now === undefined) return { state: "damaged", path: join(root, file.path), problem: "is missing" };
    if (now.digest !== file.digest)
      return { state: "damaged", path: join(root, file.path), problem: "has other contents than were stored" };
  }
  return { state: "damaged", path: root, problem: `does not have the contents that ${digestHex(digest)} stands for` };
}

async function refreshSignatures(layout: StoreLayout, tree: Tree, scratch: () => Promise<string | null>): Promise<void> {
  const aside = await scratch();
  if (aside === null) return;
  const root = treeFiles(layout, tree.digest);
  const { folders } = await walkTree(root);
  const signatures = takeSignatures(root, tree.files, folders);
  // Only a shortcut is lost if this cannot be written.
  await writeDurably(join(treeFolder(layout, tree.digest), SIGNATURES_FILE), JSON.stringify(signatures), aside).catch(() => {});
}

async function readSignatures(layout: StoreLayout, digest: Digest): Promise<TreeSignatures | null> {
  try {
    const text = await readFile(join(treeFolder(layout, digest), SIGNATURES_FILE), "utf8");
    return treeSignaturesSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
