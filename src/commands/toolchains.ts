import { FettleCommand, jsonFlag } from "../cli/fettle-command.ts";
import { loadToolchains } from "../cli/load-toolchains.ts";
import { probeHost } from "../devices/probe-host.ts";
import { listToolchains } from "../engine/list-toolchains.ts";
import { createEnvironments } from "../executors/environments/create-environments.ts";
import { loadTargets } from "../recipe/targets/load-targets.ts";
import { renderToolchains, toolchainsDocument } from "../report/toolchains-view.ts";
import { defaultStoreRoot } from "../store/layout.ts";

export default class Toolchains extends FettleCommand {
  static override summary = "List the toolchains, their versions, and what each can compile and run here, and why not.";
  static override examples = ["<%= config.bin %> toolchains", "<%= config.bin %> toolchains --json"];
  static override flags = { json: jsonFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(Toolchains);
    const [registry, host] = await Promise.all([loadToolchains(this.config), probeHost()]);
    const { targets } = await loadTargets({ host, folders: registry.targetFolders.map(({ folder }) => folder) });
    const origins = new Map([...registry.origins].map(([name, plugin]) => [name, plugin === this.config.name ? "built in" : plugin]));
    const environments = createEnvironments({ root: defaultStoreRoot(process.env) });
    const list = await listToolchains({ toolchains: registry.toolchains, targets, environments, host, origins });
    if (flags.json) this.printJson(toolchainsDocument(list, registry.faults));
    else this.print(renderToolchains(list, registry.faults, this.theme));
  }
}
