import { join } from "node:path";
import { z } from "zod";
import { asJson } from "../../domain/json.ts";
import { ok } from "../../domain/result.ts";
import type { Operation } from "../operation.ts";
import { prepareFactsSchema } from "../worker-schemas.ts";
import { callStepWorker, fromWorker } from "./worker-step.ts";

/** Brings the model to the form every toolchain can read: shapes frozen, opset raised, constants folded. */
export const prepare: Operation<"prepare"> = {
  kept: true,
  async run(context) {
    const model = context.folder("model");
    const { worker, options } = context.step.spec;
    // Loaded when it is needed: a build that is answered from the store reads no model.
    const { checkFetchedModel } = await import("../fetch/check-model.ts");
    const checked = await checkFetchedModel(join(model, "model.onnx"), options);
    if (!checked.ok) return checked;
    const request = {
      worker,
      verb: "prepare",
      inputs: { model: { source: model, member: "model.onnx" } },
      options,
      target: null,
      threads: 1,
    };
    const called = await callStepWorker(context, request, prepareFactsSchema);
    if (!called.ok) return called;
    return ok(fromWorker(asJson(called.value.facts), called.value.answer));
  },
  summarise(result) {
    const facts = z.object({ nodesBefore: z.number(), nodesAfter: z.number(), opset: z.number() }).parse(result);
    return `${facts.nodesBefore} nodes -> ${facts.nodesAfter}, opset ${facts.opset}`;
  },
};
