import { relative, resolve } from "node:path";
import { Args, Errors, Flags } from "@oclif/core";
import { FettleCommand, jsonFlag } from "../../cli/fettle-command.ts";
import { EXIT } from "../../engine/exit-code.ts";
import { newToolchain, TOOLCHAIN_NAME } from "../../engine/scaffold/new-toolchain.ts";

export default class ToolchainNew extends FettleCommand {
  static override summary = "Begin a plug-in: worker, lock, target, command and tests, working as it is.";
  static override description =
    "Writes a package into a new folder. What it makes passes `fettle toolchain check`; replace its worker by the vendor's compiler, step by step.";
  static override examples = [
    "<%= config.bin %> toolchain new anvil",
    "<%= config.bin %> toolchain new anvil ./plugins/anvil --title 'Anvil SDK'",
  ];
  static override args = {
    name: Args.string({ description: "the word recipes will use: lower-case letters, digits, `-`", required: true }),
    directory: Args.string({ description: "the folder to make; by default fettle-plugin-NAME" }),
  };
  static override flags = {
    title: Flags.string({ description: "the name people use; by default NAME" }),
    json: jsonFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ToolchainNew);
    const { name } = args;
    if (!TOOLCHAIN_NAME.test(name)) {
      throw new Errors.CLIError(`${name} is no name for a toolchain: lower-case letters, digits and \`-\`, a letter first.`, {
        exit: EXIT.usage,
      });
    }
    const folder = resolve(args.directory ?? `fettle-plugin-${name}`);
    const written = await newToolchain({ name, title: flags.title ?? name, folder });
    if (!written.ok) return this.fail(written.error, flags.json);
    if (flags.json) return this.printJson({ ok: true, folder, files: written.value });
    const shown = relative(process.cwd(), folder) || ".";
    this.print(`${written.value.map((file) => `  ${file}`).join("\n")}

${written.value.length} files in ${shown}. To use and to try it:
  fettle plugins link ${shown}
  fettle toolchain check ${name} --target cpu-x64-native --precision float32`);
  }
}
