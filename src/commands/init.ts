import { existsSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import { Args, Errors, Flags } from "@oclif/core";
import { FettleCommand, jsonFlag } from "../cli/fettle-command.ts";
import { loadToolchains } from "../cli/load-toolchains.ts";
import { probeHost } from "../devices/probe-host.ts";
import type { Target } from "../domain/target.ts";
import type { Toolchain } from "../domain/toolchain.ts";
import { EXIT } from "../engine/exit-code.ts";
import { modelFailure } from "../model/model-fault.ts";
import { initialRecipe, recipeName } from "../recipe/init-recipe.ts";
import { loadTargets } from "../recipe/targets/load-targets.ts";
import { shellWords } from "../report/shell-words.ts";
import { replaceFile } from "../system/replace-file.ts";

export default class Init extends FettleCommand {
  static override summary = "Write a first recipe for an ONNX model by reading its graph.";
  static override description =
    "Inputs, symbolic dimensions and types come from the model; what had to be guessed is marked with a comment. The recipe is written beside the model unless --out says otherwise, and never over an existing file without --force.";
  static override examples = [
    "<%= config.bin %> init model.onnx",
    "<%= config.bin %> init model.onnx --out recipes/model.yaml",
    "<%= config.bin %> init model.onnx --print",
  ];
  static override args = { model: Args.string({ description: "the ONNX file", required: true }) };
  static override flags = {
    out: Flags.string({ char: "o", description: "file to write", helpValue: "FILE" }),
    print: Flags.boolean({ description: "print the recipe and write nothing", exclusive: ["out", "force", "json"] }),
    force: Flags.boolean({ char: "f", description: "replace an existing file" }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Init);
    // The ONNX reader is large, and no other command here needs it at once.
    const { readModel } = await import("../model/read-model.ts");
    const model = await readModel(args.model);
    if (!model.ok) return this.refuse({ failure: modelFailure(model.error) }, flags.json);
    const name = recipeName(basename(args.model));
    const out = flags.out ?? `${dirname(args.model)}/${name}.yaml`;
    const [registry, host] = await Promise.all([loadToolchains(this.config), probeHost()]);
    const { targets } = await loadTargets({ host, folders: [] });
    const target = targets.get(host.architecture === "aarch64" ? "cpu-arm64" : "cpu-x64-native");
    if (target === undefined) throw new Error("the built-in targets have one for this machine");
    const text = initialRecipe(model.value, {
      name,
      modelPath: relative(dirname(resolve(out)), resolve(args.model)),
      target: target.name,
      toolchains: [...registry.toolchains.values()].filter((each) => serves(each, target)).map(({ name: toolchain }) => toolchain),
    });
    if (flags.print) return this.print(text);
    if (existsSync(out) && !flags.force) {
      throw new Errors.CLIError(`${out} is there already. Name another file with --out, or replace it with --force.`, { exit: EXIT.usage });
    }
    const failure = await replaceFile(out, text);
    if (failure !== null) return this.fail(failure, flags.json);
    if (flags.json) return this.printJson({ ok: true, recipe: out });
    this.print(`Wrote ${out}. Look at the lines marked as guessed, then run: ${shellWords(["fettle", "build", out])}`);
  }
}

/** Whether a toolchain can make anything for a target in the precision that a first recipe tries. */
function serves(toolchain: Toolchain, target: Target): boolean {
  return toolchain.canCompile({ target, precision: "float32", options: toolchain.options.parse({}) }).yes;
}
