import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Plugin } from "@oclif/core";
import { err, ok, type Result } from "../../domain/result.ts";
import { type ListedPlugin, pluginRoot } from "../../engine/plugins/plugin-list.ts";

/**
 * Loads a plug-in's package file and its commands; its hooks are only run when they are asked for. Whatever is wrong with it
 * becomes a sentence: a bad plug-in must not trouble a command that does not need it.
 */
export async function loadPlugin(data: string, listed: ListedPlugin): Promise<Result<Plugin, string>> {
  const root = pluginRoot(data, listed);
  const manifest = manifestState(root);
  if (manifest.state === "broken") return err(manifest.why);
  try {
    const plugin = new Plugin({
      name: listed.name,
      root,
      // As a link oclif takes the folder as it is given and does not look for it.
      type: "link",
      ignoreManifest: manifest.state !== "fresh",
      errorOnManifestCreate: true,
    });
    await plugin.load();
    if (!plugin.valid) return err("its package.json has no `oclif` section: it is no plug-in");
    plugin.type = listed.type;
    return ok(plugin);
  } catch (error) {
    return err(explain(error));
  }
}

type ManifestState = { readonly state: "fresh" | "none" } | { readonly state: "broken"; readonly why: string };

/** A manifest lists a plug-in's commands so that they need not be loaded to be known. One of another version is not asked. */
function manifestState(root: string): ManifestState {
  if (!existsSync(join(root, "package.json"))) return { state: "broken", why: `there is no package in ${root}` };
  const file = join(root, "oclif.manifest.json");
  if (!existsSync(file)) return { state: "none" };
  try {
    const [manifest, own] = [file, join(root, "package.json")].map((each) => JSON.parse(readFileSync(each, "utf8")) as Versioned);
    if (typeof manifest?.commands !== "object") return { state: "broken", why: "its oclif.manifest.json lists no commands" };
    return { state: manifest.version === own?.version ? "fresh" : "none" };
  } catch (error) {
    return { state: "broken", why: `its oclif.manifest.json or package.json is broken: ${explain(error)}` };
  }
}

interface Versioned {
  readonly version?: string;
  readonly commands?: unknown;
}

/** The first line of what was thrown: oclif appends its own surroundings. */
function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0] ?? message;
}
