import { Args } from "@oclif/core";
import { FettleCommand, jsonFlag } from "../../cli/fettle-command.ts";
import { checkForPoplar } from "../../engine/check-for-poplar.ts";
import { EXIT } from "../../engine/exit-code.ts";
import { poplarCheckDocument, renderPoplarCheck } from "../../report/poplar-check-view.ts";

export default class PoplarCheck extends FettleCommand {
  static override summary = "Say whether PopART can take an ONNX file, by the rules Fettle plans with, and what to do where it cannot.";
  static override description =
    "Reads the file and nothing else: neither the Poplar SDK nor an IPU is needed. The rules follow PopART's documentation and sources and have not been verified against the SDK. Exit code 0: nothing speaks against it; 1: it would be refused; 2: no ONNX file.";
  static override examples = ["<%= config.bin %> poplar check recipes/digits/digits.onnx", "<%= config.bin %> poplar check MODEL --json"];
  static override args = { model: Args.string({ description: "the ONNX file", required: true }) };
  static override flags = { json: jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PoplarCheck);
    const checked = await checkForPoplar(args.model);
    if (flags.json) this.printJson(poplarCheckDocument(checked));
    else this.print(renderPoplarCheck(checked, this.theme));
    if (checked.fault !== null) this.end(EXIT.usage);
    if (!checked.taken) this.end(EXIT.rejected);
  }
}
