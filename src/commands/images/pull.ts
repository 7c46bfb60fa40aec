import { Args, Flags } from "@oclif/core";
import { ImagesCommand } from "../../cli/images-command.ts";
import { imagesFlags, ownSpecs } from "../../cli/open-images.ts";
import { registryOf } from "../../cli/registry-flag.ts";
import { probeHost } from "../../devices/probe-host.ts";
import { findSource } from "../../engine/images/find-source.ts";
import { lockedImages } from "../../engine/images/locked-images.ts";
import { fetchImage } from "../../executors/images/fetch-image.ts";

export default class ImagesPull extends ImagesCommand {
  static override summary = "Bring images in from a registry by digest, and check that they are what would be built here.";
  static override description =
    "The digests are those of fettle.lock, or those that this machine pushed or pulled before. Where neither knows an image, --from names the registry, in which it is looked for by its identity; its digest is remembered from then on. An image that was built from other files or another base is refused.";
  static override examples = [
    "<%= config.bin %> images pull",
    "<%= config.bin %> images pull openvino --lock recipes/fettle.lock",
    "<%= config.bin %> images pull --from registry.example/team/fettle",
  ];
  static override args = { toolchain: Args.string({ description: "toolchains; by default all", multiple: true }) };
  static override flags = {
    from: Flags.string({ description: "registry and folder, for images that no lock pins", helpValue: "REGISTRY" }),
    lock: Flags.string({ description: "the lock file; by default fettle.lock of this folder", helpValue: "FILE" }),
    ...imagesFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ImagesPull);
    const registry = flags.from === undefined ? null : registryOf("from", flags.from);
    const locked = await lockedImages(flags.lock ?? null, { cwd: process.cwd(), host: await probeHost() });
    if (!locked.ok) return this.refuse({ diagnostics: locked.error }, flags.json);
    await this.withImages(flags, async (images) => {
      const outcomes = await this.each(ownSpecs(images, args.toolchain ?? []), images, async (spec) => {
        const { name } = spec;
        const source = await findSource(images, spec, { registry, locked: locked.value });
        if (!source.ok) return { name, failure: source.error };
        const pulled = await fetchImage(images, spec, source.value);
        return pulled.ok ? { name, done: `is ${pulled.value}`, details: { pinned: pulled.value } } : { name, failure: pulled.error };
      });
      this.report(outcomes, images, flags.json);
    });
  }
}
