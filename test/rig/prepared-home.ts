import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEnvironments } from "../../src/executors/environments/create-environments.ts";
import { containerDirectory } from "../../src/toolchains/package-root.ts";

/**
 * Where environments are kept between tests and between runs of them: making one takes long, and one that is made never changes. A
 * CI system can keep the folder, or name another with FETTLE_TEST_HOME.
 */
const PREPARED = process.env.FETTLE_TEST_HOME ?? fileURLToPath(new URL("../../node_modules/.cache/fettle-tests", import.meta.url));

/** Makes the environments of some of the folders under containers/, each at most once; gives their folders. */
export async function prepareEnvironments(names: readonly string[]): Promise<string[]> {
  const environments = createEnvironments({ root: PREPARED, env: process.env });
  const folders: string[] = [];
  for (const name of names) {
    const lock = join(containerDirectory(name), "requirements.lock");
    const made = await environments.ensure({ name, lock }, { signal: new AbortController().signal });
    if (!made.ok) throw new Error(`${made.error.message} ${made.error.keyLine ?? ""} ${made.error.hint ?? ""} ${made.error.log ?? ""}`);
    folders.push(made.value.root);
  }
  return folders;
}

/** Shows prepared environments to a store by links: it takes them for its own, and what it makes itself stays its own. */
export function linkEnvironments(home: string, folders: readonly string[]): void {
  mkdirSync(join(home, "environments"), { recursive: true });
  const there = new Set(readdirSync(join(home, "environments")));
  for (const folder of folders) if (!there.has(basename(folder))) symlinkSync(folder, join(home, "environments", basename(folder)));
}

/** A store, kept between runs, that a test may fill with results that many tests need and copy. */
export function preparedStore(name: string): string {
  const path = join(PREPARED, "stores", name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Copies what a store holds, environments as the links they are. */
export function copyStore(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const part of ["actions", "trees", "memory", "environments", "interpreters.json"]) execFileSync("cp", ["-a", join(from, part), to]);
}
