import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inRepository } from "./repository.ts";

export const FAKE_PLUGIN = inRepository("test/rig/fake-plugin");

/** Installs plug-ins as a user's: oclif finds them in the data folder, which FETTLE_DATA_DIR names. */
export function installPlugins(dataFolder: string, plugins: Readonly<Record<string, string>>): void {
  mkdirSync(join(dataFolder, "node_modules"), { recursive: true });
  const listed = Object.keys(plugins).map((name) => ({ type: "user", name }));
  writeFileSync(join(dataFolder, "package.json"), JSON.stringify({ oclif: { schema: 1, plugins: listed } }));
  for (const [name, folder] of Object.entries(plugins)) symlinkSync(folder, join(dataFolder, "node_modules", name));
}

/** What `npm pack` makes of a package's folder; gives the archive's path. */
export function packPlugin(folder: string, into: string): string {
  const name = execFileSync("npm", ["pack", "--silent", "--pack-destination", into], { cwd: folder, encoding: "utf8" }).trim();
  return join(into, name);
}

/** A plug-in of files: its package.json gets a name, a version and the module type; what is given is added. */
export function writePackage(folder: string, manifest: Readonly<Record<string, unknown>>, files: Readonly<Record<string, string>>): string {
  const base = { name: "fettle-plugin-anvil", version: "1.0.0", type: "module" };
  for (const [name, text] of Object.entries({ "package.json": JSON.stringify({ ...base, ...manifest }), ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Writes a plug-in whose `toolchains` hook is the given module text. */
export function writePlugin(folder: string, name: string, hook: string): void {
  mkdirSync(folder, { recursive: true });
  const oclif = { hooks: { toolchains: { target: "./hook.js", identifier: "default" } } };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version: "1.0.0", type: "module", oclif }));
  writeFileSync(join(folder, "hook.js"), hook);
}
