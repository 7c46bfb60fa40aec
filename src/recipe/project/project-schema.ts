import { z } from "zod";
import { ENGINE_NAMES } from "../../domain/command.ts";
import { patternText } from "../schema/fault-check.ts";

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

const containers = z.strictObject({
  base: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        "Image that toolchains' images are built from: NAME@sha256:DIGEST, or the name of one that is in the engine's storage already. FETTLE_BASE_IMAGE wins over it.",
      examples: ["localhost/fettle-base:1"],
    }),
  engine: z.enum(ENGINE_NAMES).optional().meta({ description: "The engine that is taken before the other where both work." }),
  images: z
    .record(z.string(), z.union([pinned, makerImage]))
    .optional()
    .meta({ description: "Toolchain -> its maker's own image, to be run instead of one that Fettle builds." }),
});

/** The project file as it is written. The one source of both the checks and schemas/project.schema.json. */
export const projectSchema = z
  .strictObject({
    project: z.literal(1).meta({ description: "Version of the project format." }),
    containers: containers.default({}).meta({ description: "Where images come from." }),
  })
  .meta({ title: "Fettle project", description: "fettle.yaml: what holds for every recipe of its folder and below." });

export type ProjectForm = z.output<typeof projectSchema>;
