import { Args, Flags } from "@oclif/core";
import { ImagesCommand } from "../../cli/images-command.ts";
import { chosenSpecs, imagesFlags } from "../../cli/open-images.ts";

export default class ImagesBuild extends ImagesCommand {
  static override summary = "Build the images that toolchains run in, each from its Containerfile and its hash-checked lock.";
  static override description =
    "What is there already is not built again. Two builds at once make an image once; one that is stopped leaves nothing that counts. pip's index, proxy and certificate settings are passed on as build secrets, which no layer keeps; FETTLE_CA or SSL_CERT_FILE names a certificate authority. The base is each Containerfile's, unless FETTLE_BASE_IMAGE or fettle.yaml names another. A maker's image that fettle.yaml names is pulled by its digest.";
  static override examples = [
    "<%= config.bin %> images build",
    "<%= config.bin %> images build openvino tvm --engine docker",
    "FETTLE_BASE_IMAGE=localhost/fettle-base:1 <%= config.bin %> images build",
  ];
  static override args = { toolchain: Args.string({ description: "toolchains; by default all", multiple: true }) };
  static override flags = {
    force: Flags.boolean({ description: "build anew what is there already, and use nothing of earlier builds" }),
    ...imagesFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ImagesBuild);
    await this.withImages(flags, async (images) => {
      const { environments, signal } = images;
      const outcomes = await this.each(chosenSpecs(images, args.toolchain ?? []), images, async (spec) => {
        const onProgress = (text: string) => images.onProgress(spec.name, text);
        const made = await environments.ensure(spec, { signal, fresh: flags.force, onProgress });
        if (!made.ok) return { name: spec.name, failure: made.error };
        const { digest, python, image } = made.value;
        return {
          name: spec.name,
          done: `is in ${images.engine.name}: ${image?.id}`,
          details: { identity: digest, python, id: image?.id ?? null },
        };
      });
      this.report(outcomes, images, flags.json);
    });
  }
}
