import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ListedPlugin } from "../../engine/plugins/plugin-list.ts";
import type { PluginContents, PluginListing } from "../../report/plugins-view.ts";
import { listedRoot } from "./describe-plugin.ts";

/** A listed plug-in with what it brings, as `fettle plugins` shows it. A linked one's version is its folder's, of now. */
export async function listPlugin(listed: ListedPlugin, contents: PluginContents): Promise<PluginListing> {
  const folder = listedRoot(listed);
  return {
    ...contents,
    name: listed.name,
    version: (await versionIn(folder)) ?? listed.version ?? "of unknown version",
    kind: listed.type === "link" ? "linked" : "installed",
    folder,
    from: listed.from ?? null,
    integrity: listed.integrity ?? null,
  };
}

async function versionIn(folder: string): Promise<string | null> {
  try {
    const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { readonly version?: unknown };
    return typeof version === "string" ? version : null;
  } catch {
    return null;
  }
}
