import { resolve } from "node:path";
import { Args, Errors, Flags } from "@oclif/core";
import { executionFlags, executionOf } from "../../cli/execution-flags.ts";
import { FettleCommand, jsonFlag } from "../../cli/fettle-command.ts";
import { openServices } from "../../cli/open-services.ts";
import { quietReporter } from "../../cli/quiet-reporter.ts";
import { stopOnSignals } from "../../cli/stop-signals.ts";
import type { Host } from "../../domain/host.ts";
import { PRECISIONS } from "../../domain/precision.ts";
import type { Target } from "../../domain/target.ts";
import type { Toolchain } from "../../domain/toolchain.ts";
import { EXIT } from "../../engine/exit-code.ts";
import { parserCapability } from "../../engine/parser-capability.ts";
import { stepLimits } from "../../engine/step-limits.ts";
import { didYouMean } from "../../recipe/suggest.ts";
import { loadTargets } from "../../recipe/targets/load-targets.ts";
import { type CapabilityReport, capabilityDocument, renderCapability } from "../../report/capability-view.ts";
import type { ToolchainRegistry } from "../../toolchains/registry.ts";

export default class TensorrtCapability extends FettleCommand {
  static override summary = "Say which nodes of an ONNX file TensorRT's parser takes, without building anything.";
  static override description =
    "Runs the parser in the toolchain's own environment, which is made if need be, on the file as it is: without a recipe's shapes and before Fettle prepares it. Neither a GPU nor a driver is needed for tensorrt-rtx. What the parser takes can still fail to build. Exit code 0: it takes all of it, and the target if one is named can be compiled for; 1: it does not; 2: the command line is wrong; 3: no ONNX file, or the toolchain cannot be run.";
  static override examples = [
    "<%= config.bin %> tensorrt capability recipes/digits/digits.onnx",
    "<%= config.bin %> tensorrt capability MODEL --target rtx-ada --json",
  ];
  static override args = { model: Args.string({ description: "the ONNX file", required: true }) };
  static override flags = {
    toolchain: Flags.string({ description: "whose parser", options: ["tensorrt-rtx", "tensorrt"], default: "tensorrt-rtx" }),
    target: Flags.string({ char: "t", description: "also say in which precisions it compiles for this target" }),
    ...executionFlags,
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TensorrtCapability);
    const opened = await openServices(this.config, { folder: ".", execution: executionOf(flags), reporter: quietReporter });
    if (!opened.ok) return this.refuse(opened.error, flags.json);
    const { services, registry, close } = opened.value;
    const toolchain = registry.toolchains.get(flags.toolchain);
    if (toolchain === undefined) throw new Error(`the toolchain ${flags.toolchain} is built in`);
    const stop = stopOnSignals();
    try {
      const target = flags.target === undefined ? null : await findTarget(flags.target, registry, services.host);
      const request = { toolchain, model: resolve(args.model), limits: stepLimits(), signal: stop.signal };
      const found = await parserCapability(services, request);
      if (!found.ok) return this.fail(found.error, flags.json);
      const served = target && { name: target.name, precisions: abilities(toolchain, target) };
      this.#report({ model: args.model, ...found.value, target: served }, flags);
    } finally {
      await close();
      stop.dispose();
    }
  }

  #report(report: CapabilityReport, { json }: { readonly json: boolean }): void {
    if (json) this.printJson(capabilityDocument(report));
    else this.print(renderCapability(report, this.theme));
    const isServed = report.target === null || Object.values(report.target.precisions).some(({ yes }) => yes);
    if (!report.supported || !isServed) this.end(EXIT.rejected);
  }
}

async function findTarget(name: string, { targetFolders }: ToolchainRegistry, host: Host): Promise<Target> {
  const { targets } = await loadTargets({ host, recipeFile: "recipe.yaml", folders: targetFolders.map(({ folder }) => folder) });
  const target = targets.get(name);
  if (target !== undefined) return target;
  const { hint } = didYouMean(name, targets.keys());
  const message = `there is no target \`${name}\`; \`fettle targets\` lists those there are${hint === undefined ? "" : ` (${hint})`}`;
  throw new Errors.CLIError(message, { exit: EXIT.usage });
}

function abilities(toolchain: Toolchain, target: Target) {
  const options = toolchain.options.parse({});
  return Object.fromEntries(PRECISIONS.map((precision) => [precision, toolchain.canCompile({ target, precision, options })]));
}
