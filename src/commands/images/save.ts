import { Args, Flags } from "@oclif/core";
import { ImagesCommand } from "../../cli/images-command.ts";
import { imagesFlags, ownSpecs } from "../../cli/open-images.ts";
import { saveImage } from "../../executors/images/save-image.ts";

export default class ImagesSave extends ImagesCommand {
  static override summary = "Write images as OCI archives, to be carried to where there is no network.";
  static override description =
    "One file for each: OUT/TOOLCHAIN-IDENTITY.oci.tar. `fettle images load` takes it in with either engine. The digest an image has in a registry travels with it.";
  static override examples = ["<%= config.bin %> images save --out /media/stick", "<%= config.bin %> images save onnx openvino"];
  static override args = { toolchain: Args.string({ description: "toolchains; by default all", multiple: true }) };
  static override flags = {
    out: Flags.string({ char: "o", description: "folder for the archives", default: ".", helpValue: "DIR" }),
    ...imagesFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ImagesSave);
    await this.withImages(flags, async (images) => {
      const outcomes = await this.each(ownSpecs(images, args.toolchain ?? []), images, async (spec) => {
        const { name } = spec;
        const licences = await this.warnOfLicences(images, spec);
        const saved = await saveImage(images, spec, flags.out);
        return saved.ok
          ? { name, done: `is in ${saved.value}`, details: { file: saved.value, ...licences } }
          : { name, failure: saved.error };
      });
      this.report(outcomes, images, flags.json);
    });
  }
}
