import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Args } from "@oclif/core";
import { FettleCommand, jsonFlag } from "../../cli/fettle-command.ts";
import { ireeTargetDocument, renderIreeTarget } from "../../report/iree-target-view.ts";
import { MODULE_FILE, readModule } from "../../toolchains/iree/read-module.ts";

export default class IreeTargetCommand extends FettleCommand {
  static override summary = "Say what hardware a module that IREE compiled is for, as its own bytes have it.";
  static override description =
    "Reads a .vmfb, or the one in an artifact's folder, without IREE and without running anything: the target the compiler recorded, and what is in the module: the machine of ELF code, PTX's target and version, the chips of AMD code objects, the abilities SPIR-V asks for. Exit code 0: it was read; 3: it is no such module.";
  static override examples = ["<%= config.bin %> iree target dist/digits/cuda-ada", "<%= config.bin %> iree target model.vmfb --json"];
  static override args = { file: Args.string({ description: "a .vmfb, or the folder of an artifact made with iree", required: true }) };
  static override flags = { json: jsonFlag };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(IreeTargetCommand);
    const named = await stat(args.file).catch(() => null);
    const file = named?.isDirectory() === true ? join(args.file, MODULE_FILE) : args.file;
    const read = await readModule(file);
    if (!read.ok) return this.fail(read.error, flags.json);
    const target = { file, ...read.value };
    if (flags.json) this.printJson(ireeTargetDocument(target));
    else this.print(renderIreeTarget(target, this.theme));
  }
}
