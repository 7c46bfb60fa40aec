import { Args, Errors } from "@oclif/core";
import { FettleCommand, jsonFlag } from "../../cli/fettle-command.ts";
import { EXIT } from "../../engine/exit-code.ts";
import { removePackage } from "../../engine/plugins/install-package.ts";
import { changePluginList, dataFolder, readPluginList } from "../../engine/plugins/plugin-list.ts";

export default class PluginsUninstall extends FettleCommand {
  static override summary = "Remove a plug-in; a linked one's folder stays as it is.";
  static override examples = ["<%= config.bin %> plugins uninstall fettle-plugin-qnn"];
  static override args = { name: Args.string({ description: "the plug-in's package name", required: true }) };
  static override flags = { json: jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PluginsUninstall);
    const data = dataFolder(process.env);
    const listed = await readPluginList(data);
    if (!listed.ok) return this.fail(listed.error, flags.json);
    if (!listed.value.some(({ name }) => name === args.name)) {
      const names = listed.value.map(({ name }) => name).join(", ");
      throw new Errors.CLIError(`There is no plug-in ${args.name}. ${names === "" ? "There are none." : `There are: ${names}.`}`, {
        exit: EXIT.usage,
      });
    }
    const changed = await changePluginList(data, (plugins) => plugins.filter(({ name }) => name !== args.name));
    if (!changed.ok) return this.fail(changed.error, flags.json);
    await removePackage(data, args.name);
    if (flags.json) this.printJson({ ok: true, removed: args.name });
    else this.print(`${args.name} is removed`);
  }
}
