import { z } from "zod";
import { ENGINE_NAMES } from "../../domain/command.ts";
import { makerImages } from "../schema/images-schema.ts";

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
  images: makerImages,
});

/** The project file as it is written. The one source of both the checks and schemas/project.schema.json. */
export const projectSchema = z
  .strictObject({
    project: z.literal(1).meta({ description: "Version of the project format." }),
    containers: containers.default({}).meta({ description: "Where images come from." }),
  })
  .meta({ title: "Fettle project", description: "fettle.yaml: what holds for every recipe of its folder and below." });

export type ProjectForm = z.output<typeof projectSchema>;
