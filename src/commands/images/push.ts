import { Args, Flags } from "@oclif/core";
import { ImagesCommand } from "../../cli/images-command.ts";
import { imagesFlags, ownSpecs } from "../../cli/open-images.ts";
import { registryOf } from "../../cli/registry-flag.ts";
import { pushImage } from "../../executors/images/push-image.ts";

export default class ImagesPush extends ImagesCommand {
  static override summary = "Send images to a registry, and remember the digest each has there.";
  static override description =
    "An image goes to REGISTRY/TOOLCHAIN, tagged with the first 16 digits of its identity. `fettle lock` then writes its digest into the lock, by which `fettle images pull` finds it on another machine. Log in with the engine's own `login`. Makers' images are never pushed.";
  static override examples = ["<%= config.bin %> images push --to registry.example/team/fettle"];
  static override args = { toolchain: Args.string({ description: "toolchains; by default all", multiple: true }) };
  static override flags = {
    to: Flags.string({ description: "registry and folder", required: true, helpValue: "REGISTRY" }),
    ...imagesFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ImagesPush);
    const to = registryOf("to", flags.to);
    await this.withImages(flags, async (images) => {
      const outcomes = await this.each(ownSpecs(images, args.toolchain ?? []), images, async (spec) => {
        const { name } = spec;
        const licences = await this.warnOfLicences(images, spec);
        const pushed = await pushImage(images, spec, to);
        return pushed.ok
          ? { name, done: `is ${pushed.value}`, details: { pinned: pushed.value, ...licences } }
          : { name, failure: pushed.error };
      });
      this.report(outcomes, images, flags.json);
    });
  }
}
