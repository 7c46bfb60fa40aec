import { z } from "zod";
import { PRECISIONS } from "../../domain/precision.ts";
import { PROOF_LEVELS } from "../../domain/proof.ts";
import { PERCENTILES } from "../../domain/recipe.ts";

export const PROOF_SCHEMA = "fettle.proof/1";

/** Folder of a published artifact that holds what it is yet to be proven with; every file of it is in the manifest, by digest. */
export const PROOF_FOLDER = "proof";

const json = z.record(z.string(), z.json());

const metricBudget = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("share-of-reference"), percent: z.number(), text: z.string() }),
  z.strictObject({ kind: z.literal("points-below-reference"), points: z.number(), text: z.string() }),
]);

const tolerance = z.strictObject({
  atol: z.number(),
  rtol: z.number(),
  mismatch: z.number(),
  relativeL2: z.number().nullable(),
  cosine: z.number().nullable(),
});

/**
 * `proof/request.json`: what the recipe asks of the candidate, and what the steps before it gave. Beside it lie their files: `data`
 * (the validation samples), `reference` (its outputs on them), `model` (the untouched one, for the baseline), `prepared` (its
 * signature and metadata) and `metric` (the script).
 */
export const proofSchema = z.strictObject({
  schema: z.literal(PROOF_SCHEMA),
  target: z.looseObject({ name: z.string(), title: z.string(), device: z.string(), architecture: z.string() }),
  require: z.enum(PROOF_LEVELS),
  candidate: z.strictObject({ toolchain: z.string(), precision: z.enum(PRECISIONS), options: json }),
  accept: z.strictObject({
    outputs: z.union([z.literal("auto"), tolerance]),
    metric: z
      .strictObject({ script: z.string(), keep: metricBudget, hasRequirements: z.boolean() })
      .nullable()
      .describe("The script's name within `metric`; its own list of packages, where it has one, is `metric-requirements.lock`."),
    latency: z.partialRecord(z.enum(PERCENTILES), z.strictObject({ nanoseconds: z.number(), text: z.string() })),
  }),
  measure: z.strictObject({ threads: z.int().min(1), margin: z.number().min(0) }),
  bind: z.record(z.string(), z.number()),
  /** Shapes of the inputs, where the recipe gives one of them a range. */
  shapes: z.record(z.string(), z.array(z.union([z.int(), z.strictObject({ min: z.int(), opt: z.int(), max: z.int() })]))).exactOptional(),
  /** Results of the steps whose files these are. */
  results: z.strictObject({ model: json, prepared: json, data: json, reference: json, compile: json }),
});

export type ProofRequest = z.infer<typeof proofSchema>;
