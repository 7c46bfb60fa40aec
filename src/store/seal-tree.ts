import { chmod, copyFile, lstat, readdir, realpath, rename, rm, rmdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Failure } from "../domain/failure.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type { Tree, TreeFile } from "../domain/store.ts";
import { hashFile } from "./hash-file.ts";
import { mapLimited } from "./map-limited.ts";
import { treeOf } from "./tree-digest.ts";
import { type TreeSignatures, takeSignatures } from "./tree-signatures.ts";
import { type WalkedTree, walkTree } from "./walk-tree.ts";
import { syncPath } from "./write-durably.ts";

/** Enough for the file system to flush many files at one go; each holds a megabyte while it is hashed. */
const AT_ONCE = 16;

export interface SealedTree {
  readonly tree: Tree;
  readonly signatures: TreeSignatures;
}

/**
 * Makes a folder that a command filled into a tree: links inside it become files, anything that leaves it or is no file is
 * refused, empty folders go, permissions become read-only (0444, 0555), contents are hashed and flushed to the disk.
 */
export async function sealTree(root: string): Promise<Result<SealedTree, Failure>> {
  await openFolders(root);
  const linked = await materialiseLinks(root);
  if (!linked.ok) return linked;
  const walked = await dropEmptyFolders(root, await walkTree(root));
  const unreadable = walked.files.find((path) => path.includes("\ufffd"));
  if (unreadable !== undefined) return err(refused(unreadable, "has a name that is not UTF-8"));
  const files = await mapLimited(walked.files, AT_ONCE, (path) => sealFile(root, path));
  await mapLimited(walked.folders, AT_ONCE, (folder) => sealFolder(join(root, folder)));
  const tree = treeOf(files);
  return ok({ tree, signatures: takeSignatures(root, tree.files, walked.folders) });
}

async function openFolders(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await openFolders(join(folder, entry.name));
  }
}

async function materialiseLinks(root: string): Promise<Result<void, Failure>> {
  const inside = `${await realpath(root)}${sep}`;
  for (const { path, kind } of (await walkTree(root)).others) {
    if (kind === "special") return err(refused(path, "is neither a file nor a folder"));
    const target = await realpath(join(root, path)).catch(() => null);
    if (target === null) return err(refused(path, "is a link to nothing"));
    if (!`${target}${sep}`.startsWith(inside)) return err(refused(path, "is a link that leaves the results"));
    if (!(await stat(target)).isFile()) return err(refused(path, "is a link to something that is not a file"));
    await replaceByCopy(target, join(root, path));
  }
  return ok(undefined);
}

async function dropEmptyFolders(root: string, walked: WalkedTree): Promise<WalkedTree> {
  const used = new Set([""]);
  for (const file of walked.files) {
    for (let cut = file.lastIndexOf("/"); cut > 0; cut = file.lastIndexOf("/", cut - 1)) used.add(file.slice(0, cut));
  }
  for (const folder of [...walked.folders].reverse()) {
    if (!used.has(folder)) await rmdir(join(root, folder));
  }
  return { ...walked, folders: walked.folders.filter((folder) => used.has(folder)) };
}

async function sealFile(root: string, path: string): Promise<TreeFile> {
  const absolute = join(root, path);
  const found = await lstat(absolute);
  const executable = (found.mode & 0o111) !== 0;
  await chmod(absolute, executable ? 0o755 : 0o644);
  // A second name of the same file, perhaps outside, would be a way to change it later.
  if (found.nlink > 1) await replaceByCopy(absolute, absolute);
  await chmod(absolute, executable ? 0o555 : 0o444);
  const { digest, size } = await hashFile(absolute, { sync: true });
  return { path, digest, size, executable };
}

async function sealFolder(path: string): Promise<void> {
  await chmod(path, 0o555);
  await syncPath(path);
}

async function replaceByCopy(source: string, destination: string): Promise<void> {
  const aside = `${destination}.fettle-copy`;
  await copyFile(source, aside);
  await rm(destination);
  await rename(aside, destination);
}

function refused(path: string, why: string): Failure {
  return { reason: "garbage-output", message: `The result ${path} ${why}; only files and folders can be kept.` };
}
