import { Args } from "@oclif/core";
import { ImagesCommand } from "../../cli/images-command.ts";
import { imagesFlags } from "../../cli/open-images.ts";
import { loadImage } from "../../executors/images/load-image.ts";

export default class ImagesLoad extends ImagesCommand {
  static override summary = "Take in images from OCI archives that `fettle images save` wrote, with either engine.";
  static override description =
    "Before the engine sees an archive, every byte of it is checked against the digests it names, and whether it is the image that would be built here from the same files and base. The base itself need not be here.";
  static override examples = ["<%= config.bin %> images load /media/stick/*.oci.tar"];
  static override args = { file: Args.string({ description: "archives", required: true, multiple: true }) };
  static override flags = imagesFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ImagesLoad);
    await this.withImages(flags, async (images) => {
      const files = args.file.map((name) => ({ name }));
      const outcomes = await this.each(files, images, async ({ name: file }) => {
        const loaded = await loadImage(images, images.specs, file);
        if (!loaded.ok) return { name: file, failure: loaded.error };
        const { name, id, pinned } = loaded.value;
        return { name, done: `is in ${images.engine.name}: ${id}`, details: { id, pinned, file } };
      });
      this.report(outcomes, images, flags.json);
    });
  }
}
