import { z } from "zod";
import { type Digest, isDigest } from "../domain/digest.ts";

/** What a report or a job is about; what differs in digest or version does not belong together. */
export const recipeSourceSchema = z
  .object({
    file: z.string().describe("The recipe's file, as it was named."),
    digest: z
      .string()
      .refine((text): text is Digest => isDigest(text), "no SHA-256 digest")
      .meta({ pattern: "^sha256:[0-9a-f]{64}$", description: "Over what the recipe and its target files say, and what the recipe reads." }),
    fettle: z.string().describe("Version of Fettle."),
  })
  .describe("What it is about; what differs in digest or version does not belong together.");
