import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Config } from "@oclif/core";
import { TOOLCHAIN_API } from "../domain/toolchain.ts";
import { dataFolder, readPluginList } from "../engine/plugins/plugin-list.ts";
import { type RegistryFault, registerToolchains, type TargetFolder, type ToolchainRegistry } from "../toolchains/registry.ts";
import { loadPlugin } from "./plugins/load-plugin.ts";

/**
 * Asks every plug-in, Fettle's own hook among them, for its toolchains and target files. One that throws does not stop the
 * others; Fettle's own come first, then the plug-ins' in the order they were installed.
 */
export async function loadToolchains(config: Config): Promise<ToolchainRegistry> {
  const { successes, failures } = await config.runHook("toolchains", { apiVersion: TOOLCHAIN_API });
  const order = [...config.plugins.keys()];
  const offers = successes
    .toSorted((a, b) => order.indexOf(a.plugin.name) - order.indexOf(b.plugin.name))
    .map(({ plugin, result }) => ({ plugin: plugin.name, toolchains: result as unknown }));
  const targets = targetFolders(config);
  const faults = [
    ...(await unloadedPlugins(config)),
    ...failures.map(({ plugin, error }) => ({ plugin: plugin.name, message: error.message })),
    ...targets.faults,
  ];
  return registerToolchains(offers, faults, targets.folders);
}

/** Why each plug-in that is listed and was not loaded was not. They are loaded again to know, which only such a one costs. */
async function unloadedPlugins(config: Config): Promise<RegistryFault[]> {
  const data = dataFolder(process.env);
  const listed = await readPluginList(data);
  if (!listed.ok) return [{ plugin: data, message: listed.error.message }];
  const missing = listed.value.filter(({ name }) => !config.plugins.has(name));
  const loaded = await Promise.all(missing.map(async (each) => ({ name: each.name, result: await loadPlugin(data, each) })));
  return loaded.flatMap(({ name, result }) => {
    if (!result.ok) return [{ plugin: name, message: result.error }];
    return [{ plugin: name, message: `its package calls itself ${result.value.name}` }];
  });
}

/** Folders of target files that plug-ins bring: `"fettle": { "targets": "./targets" }` in their package.json. */
function targetFolders(config: Config): { readonly folders: readonly TargetFolder[]; readonly faults: readonly RegistryFault[] } {
  const folders: TargetFolder[] = [];
  const faults: RegistryFault[] = [];
  for (const { name, root, pjson } of config.plugins.values()) {
    const { fettle } = pjson as { readonly fettle?: { readonly targets?: unknown } };
    if (name === config.name || fettle?.targets === undefined) continue;
    const folder = typeof fettle.targets === "string" ? resolve(root, fettle.targets) : null;
    if (folder !== null && existsSync(folder)) folders.push({ plugin: name, folder });
    else
      faults.push({
        plugin: name,
        message: `its package.json names ${JSON.stringify(fettle.targets)} as the folder of its targets, and there is none`,
      });
  }
  return { folders, faults };
}
