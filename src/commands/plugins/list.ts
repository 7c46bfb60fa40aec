import { FettleCommand, jsonFlag } from "../../cli/fettle-command.ts";
import { describePlugin } from "../../cli/plugins/describe-plugin.ts";
import { listPlugin } from "../../cli/plugins/list-plugin.ts";
import { dataFolder, readPluginList } from "../../engine/plugins/plugin-list.ts";
import { pluginsDocument, renderPlugins } from "../../report/plugins-view.ts";

export default class PluginsList extends FettleCommand {
  static override summary = "List the plug-ins: where each is from, what it brings, and what is wrong with it.";
  static override examples = ["<%= config.bin %> plugins list", "<%= config.bin %> plugins list --json"];
  static override flags = { json: jsonFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(PluginsList);
    const listed = await readPluginList(dataFolder(process.env));
    if (!listed.ok) return this.fail(listed.error, flags.json);
    const plugins = await Promise.all(listed.value.map(async (each) => listPlugin(each, await describePlugin(this.config, each))));
    if (flags.json) this.printJson(pluginsDocument(plugins));
    else this.print(renderPlugins(plugins, this.theme));
  }
}
