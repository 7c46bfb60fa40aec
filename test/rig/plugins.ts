import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const FAKE_PLUGIN = fileURLToPath(new URL("fake-plugin", import.meta.url));

/** Links plug-ins as a user's: oclif finds them in the data folder, named by FETTLE_DATA_DIR. */
export function linkPlugins(dataFolder: string, plugins: Readonly<Record<string, string>>): void {
  mkdirSync(dataFolder, { recursive: true });
  const listed = Object.entries(plugins).map(([name, root]) => ({ type: "link", name, root }));
  writeFileSync(join(dataFolder, "package.json"), JSON.stringify({ oclif: { schema: 1, plugins: listed } }));
}

/** Writes a plug-in whose `toolchains` hook is the given module text. */
export function writePlugin(folder: string, name: string, hook: string): void {
  mkdirSync(folder, { recursive: true });
  const oclif = { hooks: { toolchains: { target: "./hook.js", identifier: "default" } } };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version: "1.0.0", type: "module", oclif }));
  writeFileSync(join(folder, "hook.js"), hook);
}
