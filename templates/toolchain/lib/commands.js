import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Args, FettleCommand, jsonFlag } from "fettle/plugin";

/** `fettle __NAME__ inspect ARTIFACT`: what an artifact needs where it runs. */
class Inspect extends FettleCommand {
  static summary = "Show what a published artifact of __NAME__ needs where it runs.";
  static args = { directory: Args.string({ description: "the artifact's folder", required: true }) };
  static flags = { json: jsonFlag };

  async run() {
    const { args, flags } = await this.parse(Inspect);
    const manifest = await readFile(join(args.directory, "manifest.json"), "utf8").then(JSON.parse, () => null);
    if (manifest === null) return this.error(`${args.directory} holds no readable manifest.json`, { exit: 2 });
    if (flags.json) return this.printJson(manifest.requires);
    for (const [name, version] of Object.entries(manifest.requires.packages)) this.print(`${name} ${version}`);
  }
}

/** The plug-in's commands by their ids. */
export const COMMANDS = { "__NAME__:inspect": Inspect };
