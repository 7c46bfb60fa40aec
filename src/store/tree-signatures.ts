import { type BigIntStats, lstatSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { TreeFile } from "../domain/store.ts";

/**
 * What the file system says of a file when it was known to be right. Unchanged signatures mean unchanged contents for every
 * writer that goes through the file system, since ctime cannot be set; bits that rot on the disk are found by `verify`.
 * Big integers are text: JSON numbers cannot carry nanoseconds.
 */
const fileSignature = z.object({
  path: z.string(),
  digest: z.string(),
  size: z.number(),
  executable: z.boolean(),
  ino: z.string(),
  mtimeNs: z.string(),
  ctimeNs: z.string(),
});

// A folder's mtime changes when an entry is added or removed; its ctime also when it is moved, which the store does itself.
const folderSignature = z.object({ path: z.string(), ino: z.string(), mtimeNs: z.string() });

export const treeSignaturesSchema = z.object({
  format: z.literal("fettle.signatures/1"),
  files: z.array(fileSignature),
  folders: z.array(folderSignature),
});
export type TreeSignatures = z.infer<typeof treeSignaturesSchema>;

/** Takes the signatures of a tree whose files were just hashed. `folders` are relative, "" for the tree itself. */
export function takeSignatures(root: string, files: readonly TreeFile[], folders: readonly string[]): TreeSignatures {
  return {
    format: "fettle.signatures/1",
    files: files.map((file) => ({ ...file, ...statSignature(lstatSync(join(root, file.path), { bigint: true })) })),
    folders: folders.map((path) => {
      const stat = lstatSync(join(root, path), { bigint: true });
      return { path, ino: String(stat.ino), mtimeNs: String(stat.mtimeNs) };
    }),
  };
}

/** Whether a tree is untouched since its signatures were taken, and is the tree that `files` lists. */
export function signaturesHold(root: string, signatures: TreeSignatures, files: readonly TreeFile[]): boolean {
  if (signatures.files.length !== files.length) return false;
  return (
    files.every((file, index) => isListed(file, signatures.files[index])) &&
    signatures.files.every((known) => fileHolds(root, known)) &&
    signatures.folders.every((known) => folderHolds(root, known))
  );
}

function isListed(file: TreeFile, known: TreeSignatures["files"][number] | undefined): boolean {
  return known !== undefined && known.path === file.path && known.digest === file.digest && known.size === file.size;
}

function fileHolds(root: string, known: TreeSignatures["files"][number]): boolean {
  const stat = lstatSync(join(root, known.path), { bigint: true, throwIfNoEntry: false });
  return stat?.isFile() === true && sameFile(known, stat);
}

function folderHolds(root: string, known: TreeSignatures["folders"][number]): boolean {
  const stat = lstatSync(join(root, known.path), { bigint: true, throwIfNoEntry: false });
  return stat?.isDirectory() === true && String(stat.ino) === known.ino && String(stat.mtimeNs) === known.mtimeNs;
}

function sameFile(known: TreeSignatures["files"][number], stat: BigIntStats): boolean {
  const now = statSignature(stat);
  return known.ino === now.ino && known.mtimeNs === now.mtimeNs && known.ctimeNs === now.ctimeNs && BigInt(known.size) === stat.size;
}

function statSignature(stat: BigIntStats): { ino: string; mtimeNs: string; ctimeNs: string } {
  return { ino: String(stat.ino), mtimeNs: String(stat.mtimeNs), ctimeNs: String(stat.ctimeNs) };
}
