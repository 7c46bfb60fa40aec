import { z } from "zod";
import type { MakerImage } from "../../domain/environment.ts";
import { patternText } from "./fault-check.ts";

/** An image by the digest of its contents. */
const pinned = patternText(
  /^[^@\s]+@sha256:[0-9a-f]{64}$/,
  {
    description: "An image by its digest: `nvcr.io/nvidia/tensorrt@sha256:...`.",
    examples: [`registry.example/vendor/compiler@sha256:${"0123456789abcdef".repeat(4)}`],
  },
  (text) => ({
    code: "invalid-value",
    message: `\`${text}\` does not name an image by its digest, so it could be another one tomorrow`,
    expected: "NAME@sha256:DIGEST",
    hint: "the registry's page shows the digest, and so does `podman image inspect` after a pull",
  }),
);

const makerImage = z.strictObject({
  image: pinned,
  root: patternText(
    /^\/\S+$/,
    { description: "Absolute folder in the image whose `bin/python` runs workers.", examples: ["/usr/local"] },
    (text) => ({ code: "invalid-value", message: `\`${text}\` is not an absolute path in the image` }),
  ).optional(),
});

/** Makers' images by toolchain, as fettle.yaml and recipes name them. */
export const makerImages = z
  .record(z.string(), z.union([pinned, makerImage]))
  .optional()
  .meta({ description: "Toolchain -> its maker's own image, to be run instead of one that Fettle builds." });

/** What is written as makers' images by toolchain. */
export function namedImages(written: z.output<typeof makerImages>): ReadonlyMap<string, MakerImage> {
  return new Map(Object.entries(written ?? {}).map(([name, entry]) => [name, imageOf(entry)]));
}

function imageOf(entry: NonNullable<z.output<typeof makerImages>>[string]): MakerImage {
  return typeof entry === "string" ? { reference: entry, root: null } : { reference: entry.image, root: entry.root ?? null };
}
