import { Args, Errors, Flags } from "@oclif/core";
import { FettleCommand, jsonFlag } from "../../cli/fettle-command.ts";
import { loadToolchains } from "../../cli/load-toolchains.ts";
import { PRECISIONS, type Precision } from "../../domain/precision.ts";
import type { Toolchain } from "../../domain/toolchain.ts";
import { EXIT } from "../../engine/exit-code.ts";
import { conformanceDocument, renderFinding } from "../../report/conformance-view.ts";
import { checkToolchain } from "../../testing/check-toolchain.ts";
import { findTarget } from "../../testing/subject.ts";
import type { ToolchainRegistry } from "../../toolchains/registry.ts";

export default class ToolchainCheck extends FettleCommand {
  static override summary = "Hold a toolchain to everything a toolchain must do, with its real worker.";
  static override description =
    "A small model is compiled, run, judged and timed; then the worker is given an operator it lacks, garbage, half an artifact, too little memory and an interruption. For whoever writes a toolchain; `fettle/testing` has the same as tests. Exit code 0: nothing failed; 1: something did.";
  static override examples = ["<%= config.bin %> toolchain check anvil --target cpu-x64-native --precision float32"];
  static override args = { name: Args.string({ description: "the toolchain", required: true }) };
  static override flags = {
    target: Flags.string({ description: "a target it compiles for", required: true }),
    precision: Flags.option({ options: PRECISIONS, description: "a precision it compiles to", default: "float32" as Precision })(),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ToolchainCheck);
    const registry = await loadToolchains(this.config);
    const toolchain = this.#toolchain(args.name, registry);
    const folders = registry.targetFolders.map(({ folder }) => folder);
    const target = await findTarget(flags.target, folders).catch((error: Error) => {
      throw new Errors.CLIError(error.message, { exit: EXIT.usage });
    });
    const findings = await checkToolchain({ toolchain, target, precision: flags.precision }, (finding) => {
      if (!flags.json) this.print(renderFinding(finding, this.theme));
    });
    if (flags.json) this.printJson(conformanceDocument(toolchain.name, findings));
    if (findings.some(({ status }) => status === "failed")) this.end(EXIT.rejected);
  }

  #toolchain(name: string, { toolchains, faults }: ToolchainRegistry): Toolchain {
    const toolchain = toolchains.get(name);
    if (toolchain !== undefined) return toolchain;
    const others = faults.map(({ plugin, message }) => `\nThe plug-in ${plugin} could not be used: ${message}`).join("");
    throw new Errors.CLIError(`There is no toolchain ${name}; there are ${[...toolchains.keys()].join(", ")}.${others}`, {
      exit: EXIT.usage,
    });
  }
}
