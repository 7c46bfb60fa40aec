import { Args, Errors, Flags } from "@oclif/core";
import { executionFlags, executionOf, withProject } from "../../cli/execution-flags.ts";
import { FettleCommand, jsonFlag } from "../../cli/fettle-command.ts";
import { loadToolchains } from "../../cli/load-toolchains.ts";
import { stopOnSignals } from "../../cli/stop-signals.ts";
import { toolchainOptions } from "../../cli/toolchain-options.ts";
import { PRECISIONS, type Precision } from "../../domain/precision.ts";
import type { Target } from "../../domain/target.ts";
import type { Toolchain } from "../../domain/toolchain.ts";
import { EXIT } from "../../engine/exit-code.ts";
import { loadProject } from "../../recipe/project/load-project.ts";
import { conformanceDocument, renderFinding, renderTally } from "../../report/conformance-view.ts";
import { createLinesReporter } from "../../report/lines.ts";
import { checkToolchain } from "../../testing/check-toolchain.ts";
import { findTarget } from "../../testing/subject.ts";
import type { ToolchainRegistry } from "../../toolchains/registry.ts";

export default class ToolchainCheck extends FettleCommand {
  static override summary = "Hold a toolchain to everything a toolchain must do, with its real worker.";
  static override description =
    "A small model is compiled, run, judged and timed; then the worker is given an operator it lacks, garbage, half an artifact, no time and an interruption. Where the target's device is here it is leased and used. For whoever writes a toolchain, and to see whether a maker's image named in fettle.yaml does what Fettle needs of it; `fettle/testing` has the same as tests. Exit code 0: nothing failed; 1: something did; 2: the command line or fettle.yaml is wrong.";
  static override examples = [
    "<%= config.bin %> toolchain check anvil --target cpu-x64-native --precision float32",
    "<%= config.bin %> toolchain check poplar --target ipu-mk2 --executor podman",
    "<%= config.bin %> toolchain check tensorrt-rtx --target rtx-ada --precision float16 --options '{ tf32: true }'",
  ];
  static override args = { name: Args.string({ description: "the toolchain", required: true }) };
  static override flags = {
    target: Flags.string({ char: "t", description: "a target it compiles for", required: true }),
    precision: Flags.option({ options: PRECISIONS, description: "a precision it compiles to", default: "float32" as Precision })(),
    options: Flags.string({ description: "the toolchain's options, as a recipe has them", helpValue: "YAML" }),
    ...executionFlags,
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ToolchainCheck);
    const registry = await loadToolchains(this.config);
    const toolchain = findToolchain(args.name, registry);
    const options = toolchainOptions(toolchain, flags.options);
    const target = await targetOf(flags.target, registry);
    const project = await loadProject(".", process.cwd());
    if (!project.ok) return this.refuse({ diagnostics: project.error }, flags.json);
    const execution = withProject(executionOf(flags), project.value);
    const stop = stopOnSignals();
    const reporter = createLinesReporter({ write: (text) => process.stderr.write(text), theme: this.theme, verbose: false });
    const findings = await checkToolchain(
      { toolchain, target, precision: flags.precision, options, execution },
      {
        signal: stop.signal,
        onFinding: (finding) => flags.json || this.print(renderFinding(finding, this.theme)),
        emit: (event) => reporter.handle({ at: Date.now(), ...event }),
      },
    );
    stop.dispose();
    if (stop.signal.aborted) this.end(EXIT.interrupted);
    if (flags.json) this.printJson(conformanceDocument(toolchain.name, findings));
    else this.print(renderTally(findings, this.theme));
    if (findings.some(({ status }) => status === "failed")) this.end(EXIT.rejected);
  }
}

async function targetOf(name: string, { targetFolders }: ToolchainRegistry): Promise<Target> {
  const folders = targetFolders.map(({ folder }) => folder);
  return await findTarget(name, folders).catch((error: Error) => {
    throw new Errors.CLIError(error.message, { exit: EXIT.usage });
  });
}

function findToolchain(name: string, { toolchains, faults }: ToolchainRegistry): Toolchain {
  const toolchain = toolchains.get(name);
  if (toolchain !== undefined) return toolchain;
  const others = faults.map(({ plugin, message }) => `\nThe plug-in ${plugin} could not be used: ${message}`).join("");
  throw new Errors.CLIError(`There is no toolchain ${name}; there are ${[...toolchains.keys()].join(", ")}.${others}`, {
    exit: EXIT.usage,
  });
}
