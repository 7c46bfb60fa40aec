import { Args } from "@oclif/core";
import { ImagesCommand } from "../../cli/images-command.ts";
import { imagesFlags, ownSpecs } from "../../cli/open-images.ts";
import { verifyImage } from "../../executors/images/verify-image.ts";

export default class ImagesVerify extends ImagesCommand {
  static override summary = "Look into images: whether they hold exactly the lock's packages, each file as its package brought it.";
  static override description =
    "Only images of what is here now are looked at: one that is missing, or built from files that have changed, fails. Exit code 0: all are whole; 1: one has a problem; 3: one is missing, or could not be looked into.";
  static override examples = ["<%= config.bin %> images verify", "<%= config.bin %> images verify openvino --json"];
  static override args = { toolchain: Args.string({ description: "toolchains; by default all", multiple: true }) };
  static override flags = imagesFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ImagesVerify);
    await this.withImages(flags, async (images) => {
      const outcomes = await this.each(ownSpecs(images, args.toolchain ?? []), images, async (spec) => {
        const { name } = spec;
        const verdict = await verifyImage(images, spec);
        if (!verdict.ok) return { name, failure: verdict.error };
        const { id, packages, files, problems } = verdict.value;
        if (problems.length > 0) return { name, problems };
        return { name, done: `is whole: ${packages} packages of the lock, ${files} files`, details: { id, packages, files } };
      });
      this.report(outcomes, images, flags.json);
    });
  }
}
