import { readdirSync } from "node:fs";
import { Config, type Interfaces } from "@oclif/core";
import type { Refusal } from "../../domain/refusal.ts";
import { dataFolder, type ListedPlugin, pluginRoot } from "../../engine/plugins/plugin-list.ts";
import type { PluginContents } from "../../report/plugins-view.ts";
import { loadToolchains } from "../load-toolchains.ts";
import { loadPlugin } from "./load-plugin.ts";
import { lendOwnModules } from "./own-modules.ts";

/**
 * What a plug-in would bring to the ones there are: it is loaded, its hook is run, and its toolchains are held to the contract.
 * One of the same name is taken to be replaced by it.
 */
export async function tryPlugin(config: Config, listed: ListedPlugin): Promise<PluginContents> {
  lendOwnModules(config.root);
  const loaded = await loadPlugin(dataFolder(process.env), listed);
  if (!loaded.ok) return { toolchains: [], targets: [], commands: [], faults: [loaded.error] };
  const others = [...config.plugins].filter(([name]) => name !== listed.name);
  const plugins = new Map<string, Interfaces.Plugin>([...others, [loaded.value.name, loaded.value]]);
  return await describePlugin(await Config.load({ root: config.root, plugins }), listed);
}

/** What a listed plug-in brings, and what is wrong with it. */
export async function describePlugin(config: Config, { name }: ListedPlugin): Promise<PluginContents> {
  const registry = await loadToolchains(config);
  const ofIt = <T extends { readonly plugin: string }>(each: T) => each.plugin === name;
  const plugin = config.plugins.get(name);
  return {
    toolchains: [...registry.origins].filter(([, origin]) => origin === name).map(([toolchain]) => toolchain),
    targets: registry.targetFolders.filter(ofIt).flatMap(({ folder }) => targetNames(folder)),
    commands: (plugin?.commands ?? []).map(({ id }) => id.replaceAll(":", " ")),
    faults: [...registry.faults.filter(ofIt).map(({ message }) => message), ...takenCommands(config, plugin)],
  };
}

/** A command that is there already stays what it is: a plug-in's of the same name is never reached. */
function takenCommands(config: Config, plugin: Interfaces.Plugin | undefined): string[] {
  return (plugin?.commands ?? []).flatMap(({ id }) => {
    const owner = config.findCommand(id)?.pluginName;
    return owner === undefined || owner === plugin?.name
      ? []
      : [`its command ${id.replaceAll(":", " ")} has the name of one that ${owner} brings`];
  });
}

function targetNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => /^[^.].*\.ya?ml$/.test(file))
    .map((file) => file.replace(/\.ya?ml$/, ""))
    .sort();
}

/** Why a plug-in is not added, for `refuse`. */
export function pluginRefusal(name: string, { faults }: PluginContents): Refusal {
  return {
    diagnostics: faults.map((fault) => ({
      code: "plugin-failed",
      severity: "error",
      message: `${name} is not added: ${fault}`,
      hint: "mend the plug-in, or take another version of it",
    })),
  };
}

/** A listed plug-in's package folder. Absolute. */
export function listedRoot(listed: ListedPlugin): string {
  return pluginRoot(dataFolder(process.env), listed);
}
