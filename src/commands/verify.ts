import { Args, Errors, Flags } from "@oclif/core";
import { FettleCommand, jsonFlag } from "../cli/fettle-command.ts";
import { canAsk, pythonPackages } from "../cli/python-packages.ts";
import { probeHost } from "../devices/probe-host.ts";
import { EXIT } from "../engine/exit-code.ts";
import { verifyArtifact } from "../engine/verify-artifact.ts";
import { renderVerify, verifyDocument } from "../report/verify-view.ts";

export default class Verify extends FettleCommand {
  static override summary = "Check a published artifact: every file, its manifest, and whether this host can run it.";
  static override description =
    "Nothing of the artifact is loaded. Runtime packages are looked up in the Python given with --python, without importing them; a package that is missing there is told, another version is a problem. Exit code 0: all is well; 1: a problem was found.";
  static override examples = [
    "<%= config.bin %> verify dist/ocr-recogniser/cpu-x64-native",
    "<%= config.bin %> verify DIR --python .venv/bin/python --json",
  ];
  static override args = { directory: Args.string({ description: "the artifact's folder", required: true }) };
  static override flags = {
    python: Flags.string({ description: "Python whose packages count", default: "python3", helpValue: "PATH" }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Verify);
    if (!(await canAsk(flags.python))) {
      throw new Errors.CLIError(
        `${flags.python} cannot be started, so the runtime packages cannot be looked up. Name another with --python.`,
        {
          exit: EXIT.usage,
        },
      );
    }
    const check = await verifyArtifact(args.directory, { host: await probeHost(), installedVersion: pythonPackages(flags.python) });
    if (flags.json) this.printJson(verifyDocument(check));
    else this.print(renderVerify(check, this.theme));
    if (!check.ok) this.end(EXIT.rejected);
  }
}
