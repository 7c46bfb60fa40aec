import { FettleCommand, jsonFlag } from "../cli/fettle-command.ts";
import { loadToolchains } from "../cli/load-toolchains.ts";
import { probeHost } from "../devices/probe-host.ts";
import { emulationOf } from "../domain/emulation.ts";
import { whyNotThisHost } from "../domain/host-fit.ts";
import { loadTargets } from "../recipe/targets/load-targets.ts";
import { renderTargets, targetsDocument } from "../report/targets-view.ts";

export default class Targets extends FettleCommand {
  static override summary = "List the hardware targets a recipe can name, and which of them this machine is.";
  static override description = "The built-in targets, those of plug-ins, and those of a `targets/` folder in the working directory.";
  static override examples = ["<%= config.bin %> targets", "<%= config.bin %> targets --json"];
  static override flags = { json: jsonFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(Targets);
    const [{ targetFolders }, host] = await Promise.all([loadToolchains(this.config), probeHost()]);
    const folders = targetFolders.map(({ folder }) => folder);
    const { targets, files, faults } = await loadTargets({ host, recipeFile: "recipe.yaml", folders });
    const list = [...targets.values()].map((target) => {
      const why = whyNotThisHost(host, target);
      return {
        target,
        source: files.get(target.name) ?? "",
        here: why === null ? ({ yes: true } as const) : ({ yes: false, why } as const),
        ...(target.device === "cpu" && target.architecture !== host.architecture && { emulation: emulationOf(host, target) }),
      };
    });
    if (flags.json) return this.printJson(targetsDocument(list, host));
    this.tell([...faults.values()].flat());
    this.print(renderTargets(list, host, this.theme));
  }
}
