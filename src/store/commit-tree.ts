import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../domain/digest.ts";
import type { Failure } from "../domain/failure.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type { Tree } from "../domain/store.ts";
import { errorCode } from "../system/error-code.ts";
import { lockFile, releaseAndRemove } from "../system/file-lock.ts";
import { removeFolder } from "../system/remove-folder.ts";
import { checkTree, SIGNATURES_FILE } from "./check-tree.ts";
import { type StoreLayout, treeFolder, treeLockPath } from "./layout.ts";
import { sealTree } from "./seal-tree.ts";
import { syncPath } from "./write-durably.ts";

/**
 * Moves the contents of `staging/files` into the store as a tree. `staging` must be on the store's file system; afterwards it is gone
 * or worthless. Files of more than `maxBytes` together are refused. A tree with the same contents that is already there stays, unless it is damaged: then ours takes its place.
 */
export async function commitTree(layout: StoreLayout, staging: string, maxBytes: number): Promise<Result<Tree, Failure>> {
  const sealed = await sealTree(join(staging, "files"), maxBytes);
  if (!sealed.ok) return sealed;
  const { tree, signatures } = sealed.value;
  // Not synced: if it is lost, the tree is hashed once more.
  await writeFile(join(staging, SIGNATURES_FILE), JSON.stringify(signatures));
  await syncPath(staging);
  if (!(await moveIntoPlace(layout, staging, tree))) {
    const replaced = await replaceIfDamaged(layout, staging, tree);
    if (!replaced.ok) return replaced;
  }
  await syncPath(layout.trees);
  return ok(tree);
}

/**
 * Takes a tree away if, looked at again under its lock, it is still damaged: another process may have put a good one in its
 * place meanwhile. `aside` is a place on the same file system, where it is removed.
 *
 * @param isDamaged looks at it
 */
export async function discardTreeIf(layout: StoreLayout, tree: Digest, aside: string, isDamaged: () => Promise<boolean>): Promise<void> {
  await withTreeLock(layout, tree, async () => {
    if (await isDamaged()) await takeAway(layout, tree, aside);
  });
}

async function replaceIfDamaged(layout: StoreLayout, staging: string, tree: Tree): Promise<Result<void, Failure>> {
  return await withTreeLock(layout, tree.digest, async () => {
    const check = await checkTree(layout, tree, async () => null);
    if (check.state === "whole") return;
    await takeAway(layout, tree.digest, `${staging}-damaged`);
    await moveIntoPlace(layout, staging, tree);
  });
}

async function takeAway(layout: StoreLayout, tree: Digest, aside: string): Promise<void> {
  try {
    await rename(treeFolder(layout, tree), aside);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  await removeFolder(aside);
}

/** False when something is there already. */
async function moveIntoPlace(layout: StoreLayout, staging: string, tree: Tree): Promise<boolean> {
  try {
    await rename(staging, treeFolder(layout, tree.digest));
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOTEMPTY" || errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function withTreeLock(layout: StoreLayout, tree: Digest, action: () => Promise<void>): Promise<Result<void, Failure>> {
  const path = treeLockPath(layout, tree);
  const lock = await lockFile({ path, mode: "exclusive" });
  if (!lock.ok) return err(lock.error);
  try {
    await action();
    return ok(undefined);
  } finally {
    releaseAndRemove(lock.value, path);
  }
}
