import { isAbsolute, normalize } from "node:path";
import { z } from "zod";
import { ACCELERATOR_KINDS } from "../domain/accelerator.ts";
import type { ArtifactFacts, DeclaredFacts, ExecutionFacts, RequiredDevice } from "../domain/facts.ts";
import type { JsonObject } from "../domain/json.ts";
import { DTYPES, type ModelSignature } from "../domain/tensor.ts";

const json: z.ZodType<JsonObject> = z.record(z.string(), z.json());
const strings = z.record(z.string(), z.string());
const notes = z.array(z.string()).default([]);

/** `result.json`: what a worker says at its end. */
export const workerResultSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), facts: json }),
  z.object({
    ok: z.literal(false),
    error: z.object({ code: z.string(), message: z.string(), details: json.default({}) }),
  }),
]);

export type WorkerResult = z.infer<typeof workerResultSchema>;

const inside = z.string().refine((path) => !isAbsolute(path) && !normalize(path).startsWith(".."), "leads out of the artifact's folder");

const share = z.number().min(0).max(1);

const declaredFactsSchema: z.ZodType<DeclaredFacts> = z.object({
  precision: z.record(z.string(), share),
  estimates: z
    .array(
      z.object({
        of: z.string().min(1),
        value: z.number().min(0),
        unit: z.enum(["s", "bytes", "flop", "cycles", "J", "count"]),
        by: z.string().min(1),
      }),
    )
    .default([]),
});

const requiredDeviceSchema: z.ZodType<RequiredDevice> = z.object({
  device: z.enum(ACCELERATOR_KINDS),
  vendor: z.string().min(1),
  architectures: z.array(z.string()),
  driver: z.string().nullable().default(null),
});

export const artifactFactsSchema: z.ZodType<ArtifactFacts> = z.object({
  versions: strings,
  files: z.array(inside).min(1),
  requires: z.object({
    architecture: z.enum(["x86-64", "aarch64", "any"]),
    cpuFeatures: z.array(z.string()),
    packages: strings,
    device: requiredDeviceSchema.nullable().default(null),
  }),
  declared: declaredFactsSchema.nullable().default(null),
  details: json.default({}),
  notes,
});

export const executionFactsSchema: z.ZodType<ExecutionFacts> = z.object({
  executedPrecision: z.record(z.string(), z.object({ ops: share, time: share.nullable() })),
  precisionEvidence: z.enum(["executed", "declared"]),
  placement: z.record(z.string(), share),
  details: json.default({}),
  notes,
});

export const prepareFactsSchema = z.object({
  changes: z.array(z.string()),
  nodesBefore: z.number(),
  nodesAfter: z.number(),
  opset: z.number(),
  operators: z.record(z.string(), z.number()),
  versions: strings.default({}),
  notes,
});

export const notedFactsSchema = z.looseObject({ notes, versions: strings.default({}) });

const axisRange = z.object({ axis: z.int().min(0), name: z.string(), min: z.int(), opt: z.int(), max: z.int() });

const tensor = z.object({
  name: z.string(),
  dtype: z.enum(DTYPES),
  shape: z.array(z.int()),
  ranges: z.array(axisRange).exactOptional(),
});

/** `signature.json` beside every prepared model and artifact. */
export const signatureSchema: z.ZodType<ModelSignature> = z.object({ inputs: z.array(tensor), outputs: z.array(tensor) });

export const scoresSchema = z.object({ reference: z.array(z.number()), candidate: z.array(z.number()) });
