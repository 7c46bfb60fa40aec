import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Dataset } from "../../domain/dataset.ts";
import type { Failure } from "../../domain/failure.ts";
import { asJson, type JsonObject } from "../../domain/json.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import type { DataStepSpec } from "../../domain/step-specs.ts";
import { readPlainJson } from "../../system/read-plain-file.ts";
import { datasetSchema } from "../dataset-files.ts";
import { copyInputFiles, writeInputFiles } from "../input-files.ts";
import type { Operation, OperationContext } from "../operation.ts";
import { seenSizes } from "../seen-sizes.ts";
import { shardShapes } from "../shard-shapes.ts";
import type { WorkerInput } from "../worker-call.ts";
import { brokenContract } from "../worker-call.ts";
import { notedFactsSchema, signatureSchema } from "../worker-schemas.ts";
import { callStepWorker, fromWorker } from "./worker-step.ts";

/** Makes the data set: by the user's script, from files, or drawn at random from a seed. */
export const data: Operation<"data"> = {
  kept: true,
  async run(context) {
    const { worker, source, calibration, validation, seed } = context.step.spec;
    const placed = await placeSource(source, context.workspace);
    if (!placed.ok) return placed;
    const inputs: Record<string, WorkerInput> = { model: { source: context.folder("model") }, ...placed.value.inputs };
    const options = { ...placed.value.options, calibration, validation, seed };
    const called = await callStepWorker(context, { worker, verb: "dataset", inputs, options, target: null, threads: 1 }, notedFactsSchema);
    if (!called.ok) return called;
    const dataset = datasetSchema.safeParse(readPlainJson(join(context.workspace, "out/dataset.json")));
    if (!dataset.success) return err(brokenContract(worker, "it left no usable dataset.json", context.log));
    const sizes = sizesOf(context, dataset.data);
    if (!sizes.ok) return sizes;
    const { splits } = dataset.data;
    const counts = { calibration: splits.calibration.samples, validation: splits.validation.samples };
    return ok(fromWorker({ ...counts, ...sizes.value, notes: called.value.facts.notes }, called.value.answer));
  },
  summarise(result) {
    const counts = z.object({ calibration: z.number(), validation: z.number() }).parse(result);
    return `${counts.validation} validation, ${counts.calibration} calibration samples`;
  },
};

/** What sizes the validation samples have, where the recipe gives ranges: one must have the size that speed is claimed for. */
function sizesOf(context: OperationContext<"data">, dataset: Dataset): Result<JsonObject, Failure> {
  const signature = signatureSchema.parse(readPlainJson(join(context.folder("model"), "signature.json")));
  const ranged = signature.inputs.filter(({ ranges }) => ranges !== undefined).map(({ name }) => name);
  if (ranged.length === 0) return ok({});
  const shards = shardShapes(join(context.workspace, "out"), dataset, ranged);
  if (!shards.ok) return err(brokenContract(context.step.spec.worker, shards.error, context.log));
  const { axes, missing, there } = seenSizes(shards.value, signature);
  if (missing === null) return ok({ sizes: axes.map(asJson) });
  return err({
    reason: "invalid-data",
    message: `No validation sample has the size that speed is measured at: ${missing}.`,
    hint: `Give one of that size, or have \`opt\` in model.shapes name a size that the data has: ${there.join("; ")}.`,
    log: context.log,
  });
}

async function placeSource(source: DataStepSpec["source"], workspace: string) {
  const inputs: Record<string, WorkerInput> = {};
  const options: Record<string, JsonObject[string]> = { source: source.kind };
  switch (source.kind) {
    case "random":
      options.distributions = asJson(source.inputs);
      return ok({ inputs, options });
    case "script": {
      const written = await writeInputFiles(source.script.files, join(workspace, "in/script"));
      if (!written.ok) return written;
      inputs.script = { source: null };
      options.script = source.script.script;
      return ok({ inputs, options });
    }
    case "files": {
      const folder = join(workspace, "in/files");
      await mkdir(folder, { recursive: true });
      for (const split of ["calibration", "validation"] as const) {
        const linked = await copyInputFiles(source[split], folder);
        if (!linked.ok) return linked;
      }
      inputs.files = { source: null };
      options.files = { calibration: source.calibration.map((file) => file.at), validation: source.validation.map((file) => file.at) };
      return ok({ inputs, options });
    }
  }
}
