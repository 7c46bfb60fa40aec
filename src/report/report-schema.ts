import { z } from "zod";
import { FAILURE_REASONS } from "../domain/failure.ts";
import type { JsonObject } from "../domain/json.ts";
import { PRECISIONS } from "../domain/precision.ts";
import { PROOF_LEVELS } from "../domain/proof.ts";
import { PERCENTILES } from "../domain/recipe.ts";
import { REPORT_SCHEMA, type RunReport } from "../domain/report.ts";
import { TARGET_CODES } from "../domain/verdict.ts";
import { recipeSourceSchema } from "./recipe-source-schema.ts";

const count = z.int().min(0);
const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), z.json());

const failure = z.object({
  reason: z.enum(FAILURE_REASONS).describe("Class of the failure; docs/diagnostics.md has a row for each."),
  message: z.string().describe("One plain sentence."),
  keyLine: z.string().exactOptional().describe("The line of the toolchain's log that says the most, as the vendor wrote it."),
  hint: z.string().exactOptional().describe("How to mend it, where that is known."),
  log: z.string().exactOptional().describe("Path of the whole log."),
  node: z.object({ name: z.string(), operator: z.string() }).exactOptional().describe("The ONNX node at fault."),
  exit: z.string().exactOptional().describe("Exit status or signal, where a process ended."),
  lacking: z.literal(true).exactOptional().describe("This machine lacks what only its user can bring: nothing was tried."),
});

const reason = z.object({ code: z.string(), message: z.string() });
const targetReason = z.object({
  code: z.enum(TARGET_CODES).describe("Why there is no winner; docs/diagnostics.md has a row for each."),
  message: z.string(),
});

const tolerance = z
  .object({
    ...{ atol: z.number(), rtol: z.number(), mismatch: z.number(), relativeL2: z.number().nullable(), cosine: z.number().nullable() },
    masks: z.number().exactOptional().describe("From this magnitude on the reference's values are masks, each held to `rtol` alone."),
    samples: z
      .object({ relativeL2: z.number(), mismatch: z.number() })
      .exactOptional()
      .describe("What each sample is held to by itself, and the share of samples that may be above it."),
  })
  .describe("|out - ref| <= atol + rtol * |ref| for all but a share `mismatch` of the elements.");

const tensorAgreement = z.object({
  name: z.string(),
  elements: count,
  maxAbs: z.number().nullable().describe("max |out - ref|; null where values are not finite."),
  relL2: z.number().nullable().describe("||out - ref|| / ||ref||."),
  cosine: z.number().nullable(),
  mismatch: z.number().describe("Share of elements outside the tolerance, 0 to 1."),
  worst: z
    .object({ sample: count, index: z.array(count), value: z.number(), reference: z.number() })
    .nullable()
    .describe("The element that strays furthest."),
  tolerance,
  verdict: z.enum(["agrees", "disagrees"]),
  fault: z.string().nullable(),
});

const metricAgreement = z.object({
  script: z.string(),
  samples: count,
  reference: z.number().describe("Mean score of the reference."),
  candidate: z.number().describe("Mean score of the candidate."),
  difference: z.number().describe("candidate - reference."),
  low: z.number().describe("Lower end of the difference's 95 % paired bootstrap interval."),
  high: z.number(),
  keep: z.string().describe("What had to be kept, as the recipe says it."),
  floor: z.number().describe("The score that means."),
  verdict: z.enum(["kept", "lost", "undecided"]),
});

const executionFacts = z.object({
  executedPrecision: z
    .record(z.string(), z.object({ ops: z.number(), time: z.number().nullable() }))
    .describe("Precision -> share of the operators and of the time that ran in it, 0 to 1."),
  precisionEvidence: z.enum(["executed", "declared"]),
  placement: z.record(z.string(), z.number()).describe("Device -> share of operators placed there."),
  details: jsonObject,
  notes: z.array(z.string()),
});

const estimate = z.object({
  of: z.string(),
  value: z.number(),
  unit: z.enum(["s", "bytes", "flop", "cycles", "J", "count"]),
  by: z.string().describe("Whose model says so."),
});

const declaredFacts = z.object({
  precision: z.record(z.string(), z.number()).describe("Precision -> share of the network's operators declared in it, 0 to 1."),
  estimates: z.array(estimate).describe("Worked out by a compiler without running anything; never measurements."),
});

const percentile = z.union([
  z.object({ nanoseconds: z.number(), samples: count }),
  z.object({ needs: count.describe("Samples this percentile would need."), samples: count }),
]);

const seenAxis = z.object({
  input: z.string(),
  axis: count,
  min: count.describe("The smallest size asked for."),
  opt: count.describe("The size that speed is claimed for."),
  max: count.describe("The greatest size asked for."),
  least: count.describe("The smallest size of the validation samples."),
  greatest: count.describe("The greatest size of the validation samples."),
});

const speed = z.object({
  at: z
    .record(z.string(), z.array(count))
    .exactOptional()
    .describe("Input -> the shape it was measured at, of inputs that have a range of sizes."),
  baseline: z.string(),
  ratio: z.number().describe("Baseline time / candidate time: above 1 the candidate is faster."),
  low: z.number().describe("Lower end of the ratio's 95 % bootstrap interval over rounds."),
  high: z.number(),
  verdict: z.enum(["faster", "slower", "undecided"]),
  margin: z.number().describe("A ratio within 1 +- margin counts as no difference."),
  threads: count,
  percentiles: z.record(z.enum(PERCENTILES), percentile).describe("Wall time of one inference of the candidate."),
  baselineMedianNs: z.number(),
  cpuMedianNs: z.number(),
  baselineCpuMedianNs: z.number(),
  samples: count,
  rounds: count,
  taintedRounds: count.describe("Rounds thrown away because the host was busy, throttled or changed its clock."),
  notes: z.array(z.string()),
});

const candidate = z.object({
  id: z.string().describe("`openvino/bfloat16`: unique within its target."),
  toolchain: z.string(),
  version: z.string(),
  precision: z.enum(PRECISIONS),
  verdict: z.enum(["accepted", "rejected", "undecided", "failed"]),
  proof: z.enum(PROOF_LEVELS).nullable(),
  reason,
  failure: failure.nullable(),
  agreement: z
    .object({
      outputs: z.array(tensorAgreement),
      metric: metricAgreement.nullable(),
      sizes: z.array(seenAxis).exactOptional().describe("What sizes the samples had, of dimensions that have a range."),
    })
    .nullable(),
  facts: executionFacts.nullable(),
  declared: declaredFacts.nullable().describe("What was known before it ran anywhere."),
  speed: speed.nullable(),
  bytes: count.nullable().describe("Bytes of the artifact's files."),
  notes: z.array(z.string()),
});

const target = z.object({
  target: z.string(),
  status: z.enum(["accepted", "rejected", "failed", "unavailable"]),
  proof: z.enum(PROOF_LEVELS).nullable().describe("How far the winner is proven."),
  required: z.enum(PROOF_LEVELS),
  optional: z.literal(true).exactOptional().describe("That it is `unavailable` does not fail the build."),
  reason: targetReason.nullable(),
  winner: z.object({ candidate: z.string(), artifact: z.string(), digest: z.string() }).nullable(),
  candidates: z.array(candidate),
  seconds: z
    .record(z.string(), z.number().min(0))
    .describe("Candidate -> seconds its steps took in this build; none for what came from the store."),
  untried: z
    .array(z.object({ id: z.string(), why: z.string() }))
    .describe("Combinations that the recipe asks for and no toolchain serves."),
  notes: z.array(z.string()),
});

const document = z
  .object({
    schema: z.literal(REPORT_SCHEMA),
    recipe: z.string(),
    source: recipeSourceSchema,
    status: z.enum(["ok", "rejected", "failed", "interrupted"]),
    seconds: z.number(),
    steps: z.object({ total: count, executed: count, cached: count, failed: count, skipped: count }),
    targets: z.array(target),
    failures: z.array(failure.extend({ step: z.string() })).describe("Failures that belong to no single candidate."),
    notes: z.array(z.string()),
  })
  .meta({ title: "Fettle run report", description: "What `fettle build --json` prints." });

/** The document of `fettle build --json`. Its type fails to compile when it and `RunReport` part, in either direction. */
export const runReportSchema: ExactSchema<RunReport, typeof document> = document;

/** JSON Schema (draft 2020-12) of the document, published as schemas/report.schema.json. */
export function reportJsonSchema(): JsonObject {
  return z.toJSONSchema(runReportSchema) as JsonObject;
}

type ExactSchema<T, S extends z.ZodType> = Same<DeepReadonly<T>, DeepReadonly<z.infer<S>>> extends true ? z.ZodType<T> : never;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
