import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { EnvironmentSpec } from "../../src/domain/environment.ts";
import type { Toolchain } from "../../src/domain/toolchain.ts";
import { emulatingWorker } from "../../src/engine/identify-workers.ts";
import { createEnvironments } from "../../src/executors/environments/create-environments.ts";
import { inRepository } from "./repository.ts";

/**
 * Where environments are kept between tests and between runs of them: making one takes long, and one that is made never changes. A
 * CI system can keep the folder, or name another with FETTLE_TEST_HOME.
 */
const PREPARED = process.env.FETTLE_TEST_HOME ?? inRepository("node_modules/.cache/fettle-tests");

/** Makes the environments of some of the folders under containers/, each at most once; gives their folders. */
export async function prepareEnvironments(names: readonly string[]): Promise<string[]> {
  const folders: string[] = [];
  for (const name of names) folders.push(await prepareLocked(inRepository(`containers/${name}/requirements.lock`)));
  return folders;
}

/** Makes the environment of a lock, at most once; gives its folder. */
export async function prepareLocked(lock: string): Promise<string> {
  return await prepare({ name: basename(dirname(lock)), lock });
}

/** The same for the environment in which a toolchain runs what it made for another architecture by an emulator. */
export async function prepareEmulating(toolchain: Toolchain, architecture: string): Promise<string> {
  return await prepare(emulatingWorker(toolchain, architecture).environment);
}

async function prepare(spec: EnvironmentSpec): Promise<string> {
  const environments = createEnvironments({ root: PREPARED, env: process.env });
  const made = await environments.ensure(spec, { signal: new AbortController().signal });
  if (!made.ok) throw new Error(`${made.error.message} ${made.error.keyLine ?? ""} ${made.error.hint ?? ""} ${made.error.log ?? ""}`);
  return made.value.root;
}

/** Shows prepared environments to a store by links: it takes them for its own, and those it makes itself stay its own. */
export function linkEnvironments(home: string, folders: readonly string[]): void {
  mkdirSync(join(home, "environments"), { recursive: true });
  const there = new Set(readdirSync(join(home, "environments")));
  for (const folder of folders) if (!there.has(basename(folder))) symlinkSync(folder, join(home, "environments", basename(folder)));
  // Downloads and uv too, for the tests that make an environment of their own.
  for (const part of ["cache", "tools"]) if (!existsSync(join(home, part))) symlinkSync(join(PREPARED, part), join(home, part));
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
  for (const part of ["actions", "trees", "memory", "environments", "cache", "tools", "interpreters.json"])
    execFileSync("cp", ["-a", join(from, part), to]);
}
