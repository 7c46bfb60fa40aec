import { Args, FettleCommand, jsonFlag } from "fettle/plugin";
import { inspectArtifact } from "./inspect-artifact.js";

/** `fettle qnn inspect ARTIFACT`: what a context binary is for. */
export class QnnInspect extends FettleCommand {
  static summary = "Show what a compiled artifact for Qualcomm's HTP is for: Hexagon, chip, SDK, operators and precision.";
  static description =
    "Read from the files themselves, the binary included. Nothing is loaded. Exit code 0: it was read; 2: it is no such artifact.";
  static examples = ["<%= config.bin %> qnn inspect dist/digits/qualcomm-htp-v75", "<%= config.bin %> qnn inspect DIR --json"];
  static args = { directory: Args.string({ description: "the artifact's folder", required: true }) };
  static flags = { json: jsonFlag };

  async run() {
    const { args, flags } = await this.parse(QnnInspect);
    const inspected = await inspectArtifact(args.directory);
    if ("problem" in inspected) return this.error(inspected.problem, { exit: 2 });
    if (flags.json) return this.printJson({ schema: "fettle-plugin-qnn.inspect/1", ...inspected });
    this.print(render(inspected));
  }
}

/** @param {import("./inspect-artifact.js").Inspected} inspected */
function render({ binary, file, hexagon, chip, vtcmBytes, sdk, nodes, operators, precision }) {
  const shares = Object.entries(precision ?? {}).map(([name, share]) => `${(100 * share).toFixed(0)} % ${name}`);
  const counts = Object.entries(operators ?? {}).map(([name, count]) => `${count} ${name}`);
  const rows = [
    ["binary", `${binary}, ${file} bytes`],
    ["made for", `Hexagon ${hexagon ?? "of unknown architecture"}${chip === null ? "" : `, ${chip}`}`],
    ["VTCM", vtcmBytes === null ? "unknown" : `${vtcmBytes / 2 ** 20} MiB`],
    ["SDK", sdk ?? "unknown"],
    ["nodes", `${nodes.length}: ${nodes.map(({ inputs, outputs }) => `${inputs.join(", ")} -> ${outputs.join(", ")}`).join("; ")}`],
    ["operators", counts.length === 0 ? "unknown" : counts.join(", ")],
    ["precision", shares.length === 0 ? "unknown" : `${shares.join(", ")} of the operators, as declared to the compiler`],
  ];
  return rows.map(([label, text]) => `${label.padEnd(9)}  ${text}`).join("\n");
}
