import { join } from "node:path";
import type { MetricAgreement } from "../../domain/agreement.ts";
import type { ExecutionFacts } from "../../domain/facts.ts";
import type { Failure } from "../../domain/failure.ts";
import { asJson } from "../../domain/json.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { type SeenAxis, unseenEnds } from "../../domain/sizes.ts";
import { tolerancesFor } from "../../measure/auto-tolerance.ts";
import { compareOutputs, type OutputComparison } from "../../measure/compare-outputs.ts";
import { judgeMetric, metricReason } from "../../measure/judge-metric.ts";
import { judgePrecision } from "../../measure/judge-precision.ts";
import type { NoiseFloor } from "../../measure/noise-floor.ts";
import type { SampleGroup } from "../../measure/outputs/sample-groups.ts";
import { readPlainJson } from "../../system/read-plain-file.ts";
import { datasetSchema } from "../dataset-files.ts";
import { writeInputFiles } from "../input-files.ts";
import { type Operation, type OperationContext, withoutWorker } from "../operation.ts";
import { groupBySize } from "../seen-sizes.ts";
import { shardShapes } from "../shard-shapes.ts";
import { type Validation, validationOf } from "../verdicts.ts";
import { brokenContract, callWorker, type WorkerAnswer } from "../worker-call.ts";
import { executionFactsSchema, scoresSchema } from "../worker-schemas.ts";
import { fromWorker, stepSite } from "./worker-step.ts";

/** Resamples follow from the data alone, so that judging twice gives the same interval. */
const BOOTSTRAP_SEED = 1;

type Context = OperationContext<"validate">;

/** Judges a candidate: its outputs against the reference's, the precision it executed, and the recipe's metric. */
export const validate: Operation<"validate"> = {
  kept: true,
  async run(context) {
    const facts = executionFactsSchema.parse(context.result("candidate"));
    const seen = seenSizesOf(context);
    if (!seen.ok) return seen;
    const compared = await compare(context, facts, seen.value);
    if (!compared.ok) return compared;
    const found = { facts, compared: compared.value, seen: seen.value };
    const { metric } = context.step.spec;
    // A candidate whose outputs have the wrong form cannot be scored, and one whose outputs are off need not be.
    if (!metric || compared.value.verdict === "rejected") return ok(withoutWorker(asJson(conclude(context, found, null))));
    const scored = await score(context, metric);
    if (!scored.ok) return scored;
    return ok(fromWorker(asJson(conclude(context, found, scored.value.metric)), scored.value.answer));
  },
  summarise: (result) => validationOf(result).reason.message,
};

/** What sizes the samples have, where the recipe gives ranges. */
interface Seen {
  readonly sizes: readonly SeenAxis[];
  readonly groups: readonly SampleGroup[];
}

interface Found {
  readonly facts: ExecutionFacts;
  readonly compared: OutputComparison;
  readonly seen: Seen | null;
}

function seenSizesOf(context: Context): Result<Seen | null, Failure> {
  if (!context.inputs.has("data")) return ok(null);
  const { sizes } = context.result("data") as { readonly sizes?: readonly SeenAxis[] };
  if (sizes === undefined) return ok(null);
  const folder = context.folder("data");
  const dataset = datasetSchema.parse(readPlainJson(join(folder, "dataset.json")));
  const shards = shardShapes(folder, dataset, [...new Set(sizes.map(({ input }) => input))]);
  if (!shards.ok) return err({ reason: "invalid-data", message: `The data set cannot be used: ${shards.error}.` });
  return ok({ sizes, groups: groupBySize(shards.value) });
}

function compare(context: Context, facts: ExecutionFacts, seen: Seen | null): Promise<Result<OutputComparison, Failure>> {
  const { noise } = context.result("reference") as unknown as { noise: NoiseFloor };
  return compareOutputs({
    reference: join(context.folder("reference"), "reference"),
    candidate: context.folder("candidate"),
    tolerance: tolerancesFor(context.step.spec.outputs, facts.executedPrecision, noise.outputs),
    ...(seen !== null && { groups: seen.groups }),
    signal: context.signal,
  });
}

/** The gravest finding speaks: wrong outputs, then a precision that was not executed, then the metric. */
function conclude(context: Context, { facts, compared, seen }: Found, metric: MetricAgreement | null): Validation {
  const agreement = { outputs: compared.outputs, metric, ...(seen !== null && { sizes: seen.sizes }) };
  if (compared.verdict === "rejected") return { verdict: "rejected", reason: compared.reason, agreement };
  const precision = judgePrecision({ asked: context.step.spec.precision, executed: facts });
  if (precision.verdict === "rejected") return { verdict: "rejected", reason: precision.reason, agreement };
  if (metric && metric.verdict !== "kept") {
    return { verdict: metric.verdict === "lost" ? "rejected" : "undecided", reason: metricReason(metric), agreement };
  }
  return { verdict: "accepted", reason: agreeingReason(compared, seen?.sizes ?? []), agreement };
}

/** Outputs that agree say nothing of sizes beyond the smallest and the greatest that were seen. */
function agreeingReason({ reason }: OutputComparison, sizes: readonly SeenAxis[]): OutputComparison["reason"] {
  const unseen = unseenEnds(sizes).map(
    ({ input, axis, least, greatest, min, max }) =>
      `axis ${axis} of \`${input}\` from ${least} to ${greatest}, of ${min} to ${max} asked for`,
  );
  if (unseen.length === 0) return reason;
  return { code: "agrees-in-part", message: `${reason.message}; the samples have sizes along ${unseen.join(", and along ")}` };
}

type MetricSpec = NonNullable<Context["step"]["spec"]["metric"]>;

async function score(context: Context, metric: MetricSpec): Promise<Result<{ metric: MetricAgreement; answer: WorkerAnswer }, Failure>> {
  const { worker, script, keep } = metric;
  const written = await writeInputFiles(script.files, join(context.workspace, "in/script"));
  if (!written.ok) return written;
  const inputs = {
    script: { source: null },
    model: { source: context.folder("model") },
    data: { source: context.folder("data") },
    reference: { source: context.folder("reference"), member: "reference" },
    candidate: { source: context.folder("candidate") },
  };
  const options = { script: script.script, split: "validation" };
  const answer = await callWorker(stepSite(context), { worker, verb: "score", inputs, options, target: null, threads: 1 });
  if (!answer.ok) return answer;
  const scores = scoresSchema.safeParse(readPlainJson(join(context.workspace, "out/scores.json")));
  if (!scores.success) return err(brokenContract(worker, "it left no usable scores.json", context.log));
  const judged = judgeMetric({ ...scores.data, budget: keep, seed: BOOTSTRAP_SEED, script: script.script });
  return judged.ok ? ok({ metric: judged.value, answer: answer.value }) : judged;
}
