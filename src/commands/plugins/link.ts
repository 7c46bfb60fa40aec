import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Args, Errors } from "@oclif/core";
import { FettleCommand, jsonFlag } from "../../cli/fettle-command.ts";
import { pluginRefusal, tryPlugin } from "../../cli/plugins/describe-plugin.ts";
import { listPlugin } from "../../cli/plugins/list-plugin.ts";
import { EXIT } from "../../engine/exit-code.ts";
import { removePackage } from "../../engine/plugins/install-package.ts";
import { changePluginList, dataFolder, type ListedPlugin } from "../../engine/plugins/plugin-list.ts";
import { pluginsDocument, renderPlugin } from "../../report/plugins-view.ts";

export default class PluginsLink extends FettleCommand {
  static override summary = "Use a plug-in from its own folder: what is changed there counts at once.";
  static override description = "For whoever writes one. Nothing is copied and nothing is installed: dependencies are the folder's own.";
  static override examples = ["<%= config.bin %> plugins link ./fettle-plugin-anvil"];
  static override args = { directory: Args.string({ description: "the package's folder", required: true }) };
  static override flags = { json: jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PluginsLink);
    const root = resolve(args.directory);
    const name = await packageName(root);
    const listed: ListedPlugin = { name, type: "link", root };
    const contents = await tryPlugin(this.config, listed);
    if (contents.faults.length > 0) return this.refuse(pluginRefusal(name, contents), flags.json, EXIT.failed);
    const data = dataFolder(process.env);
    const changed = await changePluginList(data, (plugins) => [...plugins.filter((each) => each.name !== name), listed]);
    if (!changed.ok) return this.fail(changed.error, flags.json);
    await removePackage(data, name);
    const listing = await listPlugin(listed, contents);
    if (flags.json) this.printJson(pluginsDocument([listing]));
    else this.print(renderPlugin(listing, this.theme));
  }
}

async function packageName(root: string): Promise<string> {
  try {
    const { name } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { readonly name?: unknown };
    if (typeof name === "string") return name;
  } catch {
    // Said below.
  }
  throw new Errors.CLIError(`${root} is no package: it has no package.json with a name.`, { exit: EXIT.usage });
}
