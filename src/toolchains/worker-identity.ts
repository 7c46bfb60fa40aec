import { readFileSync, statSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { type Digest, digestBytes, digestJson } from "../domain/digest.ts";
import { lockedPackages, packageName } from "../domain/locked-packages.ts";
import { digestFile } from "../system/digest-file.ts";
import { containerDirectory } from "../system/package-root.ts";

/** Where Python keeps what it compiled: it follows from the sources, and comes with the first import. */
const BYTECODE = "__pycache__";

const SMALL = 1 << 20;

/** Folder of the protocol's Python half, which every worker imports. */
export function protocolDirectory(): string {
  return containerDirectory("worker");
}

/**
 * Digest over all files of a worker's folder, of the library it shares and of the protocol half, tables and programs beside the sources
 * included: all of it is mounted, and a changed byte is another worker.
 */
export async function digestWorker(directory: string, library?: string): Promise<Digest> {
  const folders = [directory, protocolDirectory(), ...(library === undefined ? [] : [library])];
  const [worker, protocol, shared] = await Promise.all(folders.map(digestFiles));
  return digestJson({ worker, protocol, library: shared });
}

async function digestFiles(directory: string): Promise<Record<string, Digest>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((path) => !path.split(sep).includes(BYTECODE))
    .sort();
  const digests: Record<string, Digest> = {};
  for (const path of paths) {
    const file = join(directory, path);
    const stat = statSync(file, { throwIfNoEntry: false });
    // Sources are read at once: every build names its workers first, and reading in blocks takes ten times as long for small files.
    if (stat?.isFile()) digests[path] = stat.size <= SMALL ? digestBytes(readFileSync(file)) : await digestFile(file);
  }
  return digests;
}

/** Version of a package as its hash-checked lock pins it, or null when the lock does not have it. */
export async function lockedVersion(lock: string, name: string): Promise<string | null> {
  const wanted = packageName(name);
  return lockedPackages(await readFile(lock, "utf8")).find((each) => each.name === wanted)?.version ?? null;
}
