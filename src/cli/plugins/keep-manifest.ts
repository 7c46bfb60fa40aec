import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dataFolder, type ListedPlugin } from "../../engine/plugins/plugin-list.ts";
import { listedRoot } from "./describe-plugin.ts";
import { loadPlugin } from "./load-plugin.ts";

/** Leaves a list of an installed plug-in's commands beside it, so that no later start has to load them to know them. */
export async function keepManifest(listed: ListedPlugin): Promise<void> {
  const file = join(listedRoot(listed), "oclif.manifest.json");
  if (existsSync(file)) return;
  const loaded = await loadPlugin(dataFolder(process.env), listed);
  if (loaded.ok) await writeFile(file, `${JSON.stringify(loaded.value.manifest, null, 2)}\n`);
}
