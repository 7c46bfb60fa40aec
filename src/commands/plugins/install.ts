import { relative } from "node:path";
import { Args, Flags } from "@oclif/core";
import { FettleCommand, jsonFlag } from "../../cli/fettle-command.ts";
import { pluginRefusal, tryPlugin } from "../../cli/plugins/describe-plugin.ts";
import { keepManifest } from "../../cli/plugins/keep-manifest.ts";
import { listPlugin } from "../../cli/plugins/list-plugin.ts";
import { stopOnSignals } from "../../cli/stop-signals.ts";
import { EXIT } from "../../engine/exit-code.ts";
import { type StagedPackage, stagePackage } from "../../engine/plugins/install-package.ts";
import { changePluginList, dataFolder, type ListedPlugin } from "../../engine/plugins/plugin-list.ts";
import { pluginsDocument, renderPlugin } from "../../report/plugins-view.ts";

export default class PluginsInstall extends FettleCommand {
  static override summary = "Install a vendor's package: its toolchains, targets and commands are then there as if built in.";
  static override description =
    "The package comes by npm, with npm's own settings, by name and version or from an archive that `npm pack` made; no package's scripts are run. It is loaded and held to the contract before it is added: a package with a fault is not. A plug-in's program runs with your rights; only its workers are shut in.";
  static override examples = [
    "<%= config.bin %> plugins install fettle-plugin-qnn@0.1.0",
    "<%= config.bin %> plugins install ./fettle-plugin-qnn-0.1.0.tgz --json",
    "<%= config.bin %> plugins install fettle-plugin-qnn@0.1.0 --integrity sha512-...",
  ];
  static override args = { package: Args.string({ description: "NAME, NAME@VERSION or the path of a .tgz", required: true }) };
  static override flags = {
    integrity: Flags.string({ description: "refuse any other archive than the one with this digest", helpValue: "sha512-DIGEST" }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PluginsInstall);
    const data = dataFolder(process.env);
    const stop = stopOnSignals();
    const staged = await stagePackage(data, { spec: args.package, cwd: process.cwd(), signal: stop.signal });
    stop.dispose();
    if (!staged.ok) return this.fail(staged.error, flags.json);
    const { name, version, integrity, root } = staged.value;
    if (flags.integrity !== undefined && flags.integrity !== integrity)
      return this.#refuseArchive(staged.value, flags.integrity, flags.json);
    const listed: ListedPlugin = { name, type: "user", root, version, integrity: integrity ?? undefined, from: args.package };
    const contents = await tryPlugin(this.config, listed);
    if (contents.faults.length > 0) {
      await staged.value.discard();
      return this.refuse(pluginRefusal(name, contents), flags.json, EXIT.failed);
    }
    await keepManifest(listed);
    // Relative, so that the data folder can be moved or mounted elsewhere.
    const added = { ...listed, root: relative(data, await staged.value.settle()) };
    const changed = await changePluginList(data, (plugins) => [...plugins.filter((each) => each.name !== name), added]);
    if (!changed.ok) return this.fail(changed.error, flags.json);
    const listing = await listPlugin(added, contents);
    if (flags.json) this.printJson(pluginsDocument([listing]));
    else this.print(renderPlugin(listing, this.theme));
  }

  async #refuseArchive(staged: StagedPackage, wanted: string, json: boolean): Promise<never> {
    await staged.discard();
    const message = `${staged.name} ${staged.version} has the integrity ${staged.integrity ?? "of no archive"}, not ${wanted}.`;
    return this.fail({ reason: "hash-mismatch", message }, json);
  }
}
