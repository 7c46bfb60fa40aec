import { randomBytes } from "node:crypto";
import { chmod, constants, copyFile, lstat, realpath, rename, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import type { Failure } from "../domain/failure.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type { Tree, TreeFile } from "../domain/store.ts";
import { errorCode } from "../system/error-code.ts";
import { hashFile } from "./hash-file.ts";
import { mapLimited } from "./map-limited.ts";
import { openTree } from "./open-tree.ts";
import { refused, SizeCount } from "./refusals.ts";
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
 * refused, empty folders go, permissions become read-only (0444, 0555), contents are hashed and flushed to the disk. Nothing is trusted: the
 * command may have meant harm.
 *
 * @param maxBytes most that the files may hold together, holes included
 */
export async function sealTree(root: string, maxBytes: number): Promise<Result<SealedTree, Failure>> {
  const size = new SizeCount(maxBytes);
  const opened = await openTree(root, size);
  if (!opened.ok) return opened;
  const linked = await materialiseLinks(root, size);
  if (!linked.ok) return linked;
  const walked = await dropEmptyFolders(root, await walkTree(root));
  const sealed = await mapLimited(walked.files, AT_ONCE, (path) => sealFile(root, path));
  const files: TreeFile[] = [];
  for (const file of sealed) {
    if (!file.ok) return file;
    files.push(file.value);
  }
  await mapLimited(walked.folders, AT_ONCE, (folder) => sealFolder(join(root, folder)));
  const tree = treeOf(files);
  return ok({ tree, signatures: takeSignatures(root, tree.files, walked.folders) });
}

async function materialiseLinks(root: string, size: SizeCount): Promise<Result<void, Failure>> {
  const inside = `${await realpath(root)}${sep}`;
  for (const { path, kind } of (await walkTree(root)).others) {
    if (kind === "special") return err(refused(path, "is neither a file nor a folder"));
    const target = await realpath(join(root, path)).catch(() => null);
    if (target === null) return err(refused(path, "is a link to nothing"));
    if (!`${target}${sep}`.startsWith(inside)) return err(refused(path, "is a link that leaves the results"));
    const found = await stat(target);
    if (!found.isFile()) return err(refused(path, "is a link to something that is not a file"));
    const excess = size.add(path, found.size);
    if (excess !== null) return err(excess);
    const copied = await replaceByCopy(target, join(root, path));
    if (!copied) return err(refused(path, "cannot be read"));
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

async function sealFile(root: string, path: string): Promise<Result<TreeFile, Failure>> {
  const absolute = join(root, path);
  const found = await lstat(absolute);
  const executable = (found.mode & 0o111) !== 0;
  // A second name of the same file, perhaps outside, would be a way to change it later. The file itself is left as it is: it may be
  // somebody else's, linked in here.
  if (found.nlink > 1 && !(await replaceByCopy(absolute, absolute))) return err(refused(path, "has a second name and cannot be read"));
  // All bits but these go, the one that gives a program its owner's rights above all.
  await chmod(absolute, executable ? 0o755 : 0o644);
  const hashed = await hashFile(absolute, { sync: true });
  await chmod(absolute, executable ? 0o555 : 0o444);
  return ok({ path, ...hashed, executable });
}

async function sealFolder(path: string): Promise<void> {
  await chmod(path, 0o555);
  await syncPath(path);
}

/** False when the source may not be read. */
async function replaceByCopy(source: string, destination: string): Promise<boolean> {
  // A name that nobody can have taken: a link there would lead the copy anywhere.
  const aside = join(dirname(destination), `.fettle-${randomBytes(12).toString("hex")}`);
  try {
    await copyFile(source, aside, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  } catch (error) {
    if (errorCode(error) === "EACCES" || errorCode(error) === "EPERM") return false;
    throw error;
  }
  await rm(destination);
  await rename(aside, destination);
  return true;
}
