import { constants, existsSync } from "node:fs";
import { copyFile, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { digestFile } from "../../system/digest-file.ts";
import { holdingArtifact, type Waiting } from "./artifact-lock.ts";
import { replaceFromAside } from "./folder-aside.ts";
import { keepForeign } from "./keep-foreign.ts";
import type { Manifest } from "./manifest.ts";

export interface ArtifactSource {
  /** Absolute path of the compile step's folder. */
  readonly tree: string;
  /** Files of the folder to copy, relative. */
  readonly files: readonly string[];
  /** Files from elsewhere, to lie at `at`. */
  readonly copies: readonly { readonly source: string; readonly at: string }[];
  /** Name -> text of files made here. */
  readonly texts: Readonly<Record<string, string>>;
  readonly manifest: Manifest;
}

/** The manifest's text as it is written. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Whether the folder already holds exactly this: the same manifest, every file as the manifest has it, and no other. */
export async function isPublished(directory: string, manifest: Manifest): Promise<boolean> {
  const there = await readFile(join(directory, "manifest.json"), "utf8").catch(() => null);
  if (there !== manifestText(manifest)) return false;
  for (const file of manifest.files) {
    const digest = await digestFile(join(directory, file.path)).catch(() => null);
    if (digest !== file.digest) return false;
  }
  return (await filesBelow(directory)).length === manifest.files.length + 1;
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
}

export interface WriteOptions extends Waiting {
  /** Asked once nobody else can change the folder: whether what lies there is to stay. Absent: it is not. */
  stays?(): Promise<boolean>;
}

export interface Written {
  /** Whether it was written; else what was there has stayed. */
  readonly isNew: boolean;
  /** What was there and not Fettle's, and where it is now; null where there was no such thing. */
  readonly kept: string | null;
}

/** Replaces the folder by the new artifact, and reads it back. What lies there and is not Fettle's is kept beside it. */
export async function writeArtifact(
  directory: string,
  source: ArtifactSource,
  { stays, ...waiting }: WriteOptions = {},
): Promise<Result<Written, Failure>> {
  return await holdingArtifact<Written, Failure>(directory, waiting, async () => {
    if ((await stays?.()) === true) return ok({ isNew: false, kept: null });
    const kept = await orWriteFailure(directory, () => keepForeign(directory));
    if (!kept.ok) return kept;
    const written = await orWriteFailure(directory, () => replaceFromAside(directory, async (folder) => ok(await fill(folder, source))));
    if (!written.ok) return written;
    if (await isPublished(directory, source.manifest)) return ok({ isNew: true, kept: kept.value });
    return err({ reason: "internal-error", message: `What was written to ${directory} does not read back as its manifest says.` });
  });
}

/** Replaces a folder by a new one that `fill` writes aside. Where `fill` fails, the folder stays as it was. */
export async function replaceArtifact<E>(
  directory: string,
  fill: (folder: string) => Promise<Result<void, E>>,
): Promise<Result<void, E | Failure>> {
  return await holdingArtifact<void, E | Failure>(directory, {}, async () => {
    const replaced = await orWriteFailure(directory, () => replaceFromAside(directory, fill));
    return replaced.ok ? replaced.value : replaced;
  });
}

async function fill(folder: string, { tree, files, copies, texts, manifest }: ArtifactSource): Promise<void> {
  await copyFiles(tree, folder, files);
  for (const { source, at } of copies) await copySynced(source, join(folder, at));
  for (const [name, text] of Object.entries({ ...texts, "manifest.json": manifestText(manifest) })) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
    await sync(join(folder, name));
  }
}

/** Copies files, relative to both folders, and syncs each. */
export async function copyFiles(from: string, to: string, files: readonly string[]): Promise<void> {
  for (const file of files) await copySynced(join(from, file), join(to, file));
}

async function copySynced(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await sync(to);
}

async function sync(path: string): Promise<void> {
  await using file = await open(path);
  await file.sync();
}

/**
 * Takes an artifact of an earlier build out of the way when this build has none to put in its place, so that it cannot be
 * mistaken for this build's. It is kept beside, as `<target>.previous`.
 *
 * @returns where it is now; null when there was none.
 */
export async function setAside(directory: string, waiting: Waiting = {}): Promise<Result<string | null, Failure>> {
  if (!existsSync(directory)) return ok(null);
  return await holdingArtifact(directory, waiting, () => setHeldAside(directory));
}

async function setHeldAside(directory: string): Promise<Result<string | null, Failure>> {
  if (!existsSync(directory)) return ok(null);
  const previous = `${directory}.previous`;
  return await orWriteFailure(directory, async () => {
    await keepForeign(previous);
    await rm(previous, { recursive: true, force: true });
    await rename(directory, previous);
    return previous;
  });
}

async function orWriteFailure<T>(directory: string, action: () => Promise<T>): Promise<Result<T, Failure>> {
  try {
    return ok(await action());
  } catch (error) {
    return err(writeFailure(directory, error));
  }
}

/** Why an artifact's folder could not be written, as far as that is the disk's fault; anything else is thrown on. */
export function writeFailure(directory: string, error: unknown): Failure {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const why = error instanceof Error ? error.message : String(error);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return {
      reason: "disk-full",
      message: `No room left to write ${directory}.`,
      hint: "Free some space, or choose another place with --out.",
    };
  }
  if (code === "EROFS" || code === "EACCES" || code === "EPERM" || code === "ENOTDIR") {
    return { reason: "read-only", message: `${directory} cannot be written: ${why}.`, hint: "Choose another place with --out." };
  }
  throw error;
}
