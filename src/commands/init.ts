import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, dirname, relative, resolve } from "node:path";
import { Args, Errors, Flags } from "@oclif/core";
import { FettleCommand, jsonFlag } from "../cli/fettle-command.ts";
import { loadToolchains } from "../cli/load-toolchains.ts";
import { probeHost } from "../devices/probe-host.ts";
import { EXIT } from "../engine/exit-code.ts";
import { modelFailure } from "../model/model-fault.ts";
import { initialRecipe, recipeName } from "../recipe/init-recipe.ts";

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
    print: Flags.boolean({ description: "print the recipe and write nothing", exclusive: ["out", "force"] }),
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
    const text = initialRecipe(model.value, {
      name,
      modelPath: relative(dirname(resolve(out)), resolve(args.model)),
      target: host.architecture === "aarch64" ? "cpu-arm64" : "cpu-x64-native",
      toolchains: [...registry.toolchains.keys()],
    });
    if (flags.print) return this.print(text);
    if (existsSync(out) && !flags.force) {
      throw new Errors.CLIError(`${out} is there already. Name another file with --out, or replace it with --force.`, { exit: EXIT.usage });
    }
    await writeFile(out, text);
    if (flags.json) return this.printJson({ ok: true, recipe: out });
    this.print(`Wrote ${out}. Look at the lines marked as guessed, then run: fettle build ${out}`);
  }
}
