import { Flags } from "@oclif/core";
import { FettleCommand, jsonFlag } from "../cli/fettle-command.ts";
import { loadToolchains } from "../cli/load-toolchains.ts";
import { openChoice, recipeFlag } from "../cli/open-choice.ts";
import { probeHost } from "../devices/probe-host.ts";
import { examine } from "../engine/doctor/examine.ts";
import { EXIT } from "../engine/exit-code.ts";
import { createEnvironments } from "../executors/environments/create-environments.ts";
import { doctorDocument, renderDoctor } from "../report/doctor-view.ts";
import { defaultStoreRoot } from "../store/layout.ts";

export default class Doctor extends FettleCommand {
  static override summary = "Try everything a build needs on this machine, and say what would mend what does not work.";
  static override description =
    "Each executor, program, part of the store and environment is really tried, side by side, within a few seconds; nothing is installed or changed, and the network is left alone unless --online asks for it. Exit code 0: a build can run here; 1: it cannot.";
  static override examples = ["<%= config.bin %> doctor", "<%= config.bin %> doctor --online", "<%= config.bin %> doctor --json"];
  static override flags = {
    recipe: recipeFlag,
    online: Flags.boolean({ description: "also ask the package index, as pip is set to reach it" }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor);
    const [registry, host] = await Promise.all([loadToolchains(this.config), probeHost()]);
    const choice = await openChoice(flags.recipe, registry);
    if (!choice.ok) return this.refuse({ diagnostics: choice.error }, flags.json);
    const root = defaultStoreRoot(process.env);
    const report = await examine({
      ...{ env: process.env, root, host, toolchains: registry.toolchains, online: flags.online },
      choice: choice.value,
      recipe: flags.recipe,
      environments: (signal) => createEnvironments({ root, signal }),
    });
    if (flags.json) this.printJson(doctorDocument(report));
    else this.print(renderDoctor(report, this.theme));
    this.end(report.ok ? EXIT.ok : EXIT.rejected);
  }
}
