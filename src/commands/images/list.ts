import { ImagesCommand } from "../../cli/images-command.ts";
import { imagesFlags } from "../../cli/open-images.ts";
import { listImages } from "../../executors/images/list-images.ts";
import { imagesDocument, renderImages } from "../../report/images-view.ts";

export default class ImagesList extends ImagesCommand {
  static override summary = "List the images of toolchains: which are there, which are missing, and which are left over.";
  static override description =
    "made: it is there, and is what would be built now. missing: it has to be built, pulled or loaded. stale: built from files that have changed since. other: of a recipe's own requirements, or of a toolchain that is gone. The engine's own `rmi ID` removes what is not wanted.";
  static override examples = ["<%= config.bin %> images list", "<%= config.bin %> images list --engine docker --json"];
  static override flags = imagesFlags;

  async run(): Promise<void> {
    const { flags } = await this.parse(ImagesList);
    await this.withImages(flags, async (images) => {
      const rows = await listImages(images, [...images.specs.values()]);
      if (flags.json) this.printJson(imagesDocument(images.engine.name, rows));
      else this.print(renderImages(images.engine.name, rows, this.theme));
    });
  }
}
