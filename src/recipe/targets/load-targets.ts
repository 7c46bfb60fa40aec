import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { Host } from "../../domain/host.ts";
import type { Target } from "../../domain/target.ts";
import { PACKAGE_ROOT } from "../../system/package-root.ts";
import { shownPath } from "../document/read-source.ts";
import { readTargetForm, resolveTarget } from "./resolve-target.ts";

/** The targets there are, and the files that give none. */
export interface TargetCatalog {
  readonly targets: ReadonlyMap<string, Target>;
  /** Target name -> why its file gives no target here. Harmless unless a recipe names it. */
  readonly faults: ReadonlyMap<string, readonly Diagnostic[]>;
  /** Target name -> its file, as the user would write it. */
  readonly files: ReadonlyMap<string, string>;
  /** Names of those that plug-ins bring: another machine may not have them. */
  readonly ofPlugins: ReadonlySet<string>;
}

const BUILT_IN = join(PACKAGE_ROOT, "targets");

export interface LoadTargetsOptions {
  readonly host: Host;
  readonly recipeFile?: string;
  readonly cwd?: string;
  /** Folders of plug-ins. Absolute. */
  readonly folders?: readonly string[];
}

/**
 * Reads the built-in targets, those of plug-ins, and those in the `targets/` folder beside a recipe. A user's file replaces
 * any other of the same name; a plug-in's replaces none, so that installing one changes no recipe that has worked without it.
 */
export async function loadTargets(options: LoadTargetsOptions): Promise<TargetCatalog> {
  const cwd = options.cwd ?? process.cwd();
  const own = options.recipeFile === undefined ? [] : [join(dirname(resolve(cwd, options.recipeFile)), "targets")];
  const folders = (options.folders ?? []).toReversed();
  const listed = await Promise.all([...folders, BUILT_IN, ...own].map(targetFiles));
  const files = new Map(listed.flat());
  const ofPlugins = new Set([...files].filter(([, file]) => folders.includes(dirname(file))).map(([name]) => name));
  const targets = new Map<string, Target>();
  const faults = new Map<string, readonly Diagnostic[]>();
  const read = await Promise.all([...files].map(async ([name, file]) => ({ name, result: await resolveTarget(file, options.host, cwd) })));
  for (const { name, result } of read) {
    if (result.ok) targets.set(name, result.value);
    else faults.set(name, result.error);
  }
  return { targets, faults, ofPlugins, files: new Map([...files].map(([name, file]) => [name, shownPath(file, cwd)])) };
}

/** Names and titles of the built-in targets, which hold on any machine. */
export async function listBuiltinTargets(): Promise<readonly Pick<Target, "name" | "title">[]> {
  const files = await targetFiles(BUILT_IN);
  const read = await Promise.all(files.map(([, file]) => readTargetForm(file, process.cwd())));
  return read.flatMap((result, index) => (result.ok ? [{ name: files[index]?.[0] ?? "", title: result.value.form.title }] : []));
}

async function targetFiles(folder: string): Promise<[string, string][]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => /^[^.].*\.ya?ml$/.test(name))
    .sort()
    .map((name) => [name.replace(/\.ya?ml$/, ""), join(folder, name)]);
}
