import { join } from "node:path";
import { asJson } from "../../domain/json.ts";
import { err, ok } from "../../domain/result.ts";
import { noiseFloor } from "../../measure/noise-floor.ts";
import type { Operation } from "../operation.ts";
import { notedFactsSchema } from "../worker-schemas.ts";
import { callStepWorker, fromWorker } from "./worker-step.ts";

/**
 * Runs the untouched model on the reference runtime, twice: once for the outputs that candidates are judged by, once at
 * another optimisation level and thread count, for how far the reference itself can be trusted.
 */
export const reference: Operation<"reference"> = {
  kept: true,
  async run(context) {
    const { worker, bind } = context.step.spec;
    const inputs = { model: { source: context.folder("model"), member: "model.onnx" }, data: { source: context.folder("data") } };
    const options = { split: "validation", bind };
    const called = await callStepWorker(
      context,
      { worker, verb: "reference", inputs, options, target: null, threads: 1 },
      notedFactsSchema,
    );
    if (!called.ok) return called;
    const out = join(context.workspace, "out");
    const noise = await noiseFloor(join(out, "reference"), join(out, "noise"));
    if (!noise.ok) return err({ ...noise.error, log: context.log });
    const { versions, notes } = called.value.facts;
    return ok(fromWorker({ noise: asJson(noise.value), versions, notes: [...notes, ...noise.value.notes] }, called.value.answer));
  },
  summarise: () => null,
};
