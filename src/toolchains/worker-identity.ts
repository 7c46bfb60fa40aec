import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { type Digest, digestBytes, digestJson } from "../domain/digest.ts";
import { lockedPackages, packageName } from "../domain/locked-packages.ts";
import { containerDirectory } from "../system/package-root.ts";

/** Folder of the protocol's Python half, which every worker imports. */
export function protocolDirectory(): string {
  return containerDirectory("worker");
}

/** Digest over all Python sources of a worker's folder, of the library it shares and of the protocol half: a changed line is another worker. */
export async function digestWorker(directory: string, library?: string): Promise<Digest> {
  const folders = [directory, protocolDirectory(), ...(library === undefined ? [] : [library])];
  const [worker, protocol, shared] = await Promise.all(folders.map(digestSources));
  return digestJson({ worker, protocol, library: shared });
}

async function digestSources(directory: string): Promise<Record<string, Digest>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".py"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const digests = await Promise.all(files.map(async (file) => [relative(directory, file), digestBytes(await readFile(file))] as const));
  return Object.fromEntries(digests);
}

/** Version of a package as its hash-checked lock pins it, or null when the lock does not have it. */
export async function lockedVersion(lock: string, name: string): Promise<string | null> {
  const wanted = packageName(name);
  return lockedPackages(await readFile(lock, "utf8")).find((each) => each.name === wanted)?.version ?? null;
}
