import { Plugin, settings } from "@oclif/core";
import { dataFolder, readPluginList } from "../../engine/plugins/plugin-list.ts";
import { loadPlugin } from "./load-plugin.ts";
import { lendOwnModules } from "./own-modules.ts";

/**
 * Fettle's own commands and hooks, and those of the user's plug-ins that can be loaded, in the order of the list. oclif would
 * do this itself, but writes a warning about every bad plug-in under every command; here `loadToolchains` tells of it where it matters.
 */
export async function loadPlugins(root: string, env: Readonly<Record<string, string | undefined>>): Promise<Map<string, Plugin>> {
  // Plug-ins are JavaScript: there is no TypeScript of theirs to look for.
  settings.enableAutoTranspile = false;
  const own = new Plugin({ root, isRoot: true });
  await own.load();
  const data = dataFolder(env);
  const listed = await readPluginList(data);
  if (!listed.ok || listed.value.length === 0) return new Map([[own.name, own]]);
  lendOwnModules(root);
  const loaded = await Promise.all(listed.value.map((each) => loadPlugin(data, each)));
  const plugins = loaded.flatMap((each) => (each.ok ? [each.value] : []));
  return new Map([own, ...plugins].map((plugin) => [plugin.name, plugin]));
}
