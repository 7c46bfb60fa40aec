import { z } from "zod";
import { type Digest, isDigest } from "../../domain/digest.ts";
import type { JsonObject } from "../../domain/json.ts";

/** Version of the lock file's format. */
export const LOCK_FORMAT = 1;

const digest = z
  .string()
  .refine((text): text is Digest => isDigest(text), "no SHA-256 digest")
  .meta({ pattern: "^sha256:[0-9a-f]{64}$", description: "`sha256:` and 64 hex digits." });
const files = z.record(z.string(), digest).meta({ description: "File, as a worker sees it -> digest of its bytes." });
const names = z.array(z.string());

const platformPin = z.strictObject({
  python: z
    .string()
    .regex(/^\d+\.\d+\.\d+/)
    .describe("Version of the interpreter: `3.11.7`. Its minor version is held to; the rest is told."),
  identity: digest.describe("What stands for the environment in the keys of results."),
});

const environmentPin = z.strictObject({
  requirements: digest.describe("Digest of the hash-checked list of packages, requirements.lock."),
  python: z.string().describe("Versions of Python the list is for: `>=3.11,<3.14`."),
  platforms: z
    .record(z.string(), platformPin)
    .describe("Platform (`linux-x86_64`) -> the environment there, for platforms it was locked on."),
});

const imagePlatformPin = z.strictObject({
  base: z.string().nullable().describe("The image it is made from, by digest; only the digest is held to. Null for a maker's own image."),
  identity: digest.describe("What stands for the image in the keys of results."),
  pinned: z.string().nullable().describe("`registry/name@sha256:...`; null for an image that has only been built."),
});

const imagePin = z.strictObject({
  platforms: z
    .record(z.string(), imagePlatformPin)
    .describe("Platform (`linux-x86_64`) -> the image there, for platforms it was locked on."),
});

const recipePin = z.strictObject({
  model: z.strictObject({
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    from: z.string().nullable().describe("Package, version and file of a model that is fetched; null for a file beside the recipe."),
    external: files,
  }),
  data: files,
  metric: files,
  uses: z
    .strictObject({ environments: names, targets: names, toolchains: names, workers: names })
    .describe("The entries below that this recipe needs; an environment stands for its image too."),
});

/** A lock file: every input of its recipes that comes from outside them. All maps sorted, no paths and no times of the machine that wrote it. */
export const lockSchema = z
  .strictObject({
    lock: z.literal(LOCK_FORMAT).describe("Version of the format."),
    fettle: z.string().describe("Version of Fettle that wrote it."),
    recipes: z.record(z.string(), recipePin).describe("Recipe file, relative to this one -> what it reads."),
    environments: z.record(z.string(), environmentPin),
    images: z.record(z.string(), imagePin),
    toolchains: z.record(z.string(), z.string()).describe("Toolchain -> version of its main package."),
    workers: z.record(z.string(), digest).describe("Worker -> digest of its source and the protocol's Python half."),
    targets: z.record(z.string(), digest).describe("Target -> digest of what its file says, title and comments apart."),
  })
  .meta({ title: "Fettle lock", description: "fettle.lock: written by `fettle lock`, held to by `fettle build --locked`." });

export type Lock = z.output<typeof lockSchema>;
export type RecipePin = Lock["recipes"][string];
export type EnvironmentPin = Lock["environments"][string];
export type PlatformPin = EnvironmentPin["platforms"][string];
export type ImagePin = Lock["images"][string];
export type ImagePlatformPin = ImagePin["platforms"][string];

/** JSON Schema of lock files, draft-07 as editors read it. */
export function lockJsonSchema(): JsonObject {
  return z.toJSONSchema(lockSchema, { target: "draft-7" }) as JsonObject;
}
