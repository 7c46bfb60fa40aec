import { join } from "node:path";
import { Args, Flags } from "@oclif/core";
import { FettleCommand, jsonFlag } from "../../cli/fettle-command.ts";
import { readArtifactOf } from "../../cli/read-artifact.ts";
import { renderTvmKernels, tvmKernelsDocument } from "../../report/tvm-kernels-view.ts";
import { readKernels } from "../../toolchains/tvm/read-kernels.ts";

export default class TvmKernels extends FettleCommand {
  static override summary = "List the functions of an artifact that TVM made: their sizes, and the vector instructions they use.";
  static override description =
    "Functions and sizes are read from the library itself, without loading it; vector registers and multiply-adds are what the worker counted in its assembly. Exit code 0: it was read; 2: the folder is no artifact of tvm; 3: the library cannot be read.";
  static override examples = [
    "<%= config.bin %> tvm kernels dist/ocr-recogniser/cpu-arm64",
    "<%= config.bin %> tvm kernels DIR --all --json",
  ];
  static override args = { directory: Args.string({ description: "the artifact's folder", required: true }) };
  static override flags = { all: Flags.boolean({ description: "list every function, not the ten largest" }), json: jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TvmKernels);
    const { files, made, target } = await readArtifactOf("tvm", args.directory);
    const library = await readKernels(join(args.directory, files[0]?.path ?? ""));
    if (!library.ok) return this.fail(library.error, flags.json);
    const view = { target: target.name, library: library.value, facts: made.facts };
    if (flags.json) this.printJson(tvmKernelsDocument(view));
    else this.print(renderTvmKernels(view, this.theme, flags.all));
  }
}
