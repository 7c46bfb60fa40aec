import { Args } from "@oclif/core";
import { FettleCommand, jsonFlag } from "../../cli/fettle-command.ts";
import { readArtifactOf } from "../../cli/read-artifact.ts";
import { openvinoPlacementDocument, renderOpenvinoPlacement } from "../../report/openvino-placement-view.ts";

export default class OpenvinoPlacement extends FettleCommand {
  static override summary = "Show where and in which precision the operations of an artifact that OpenVINO made really ran.";
  static override description =
    "As OpenVINO's own profile told it when the artifact was validated: what the manifest has of it. Nothing is run. Exit code 0: it was read; 2: the folder is no artifact of openvino.";
  static override examples = [
    "<%= config.bin %> openvino placement dist/ocr-recogniser/cpu-x64-native",
    "<%= config.bin %> openvino placement DIR --json",
  ];
  static override args = { directory: Args.string({ description: "the artifact's folder", required: true }) };
  static override flags = { json: jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(OpenvinoPlacement);
    const { candidate, target, precision, proof, proven } = await readArtifactOf("openvino", args.directory);
    const view = { candidate, target: target.name, asked: precision, proof, executed: proven.executed };
    if (flags.json) this.printJson(openvinoPlacementDocument(view));
    else this.print(renderOpenvinoPlacement(view, this.theme));
  }
}
