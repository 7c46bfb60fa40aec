import { asJson } from "../../domain/json.ts";
import { ok } from "../../domain/result.ts";
import type { Operation } from "../operation.ts";
import { artifactFactsSchema, executionFactsSchema } from "../worker-schemas.ts";
import { callStepWorker, fromWorker } from "./worker-step.ts";

/** Runs a compiled artifact on the validation split and reads back how it was executed. */
export const infer: Operation<"infer"> = {
  kept: true,
  async run(context) {
    const { worker, target, options, threads, emulation } = context.step.spec;
    const [file] = artifactFactsSchema.parse(context.result("artifact")).files;
    const inputs = { artifact: { source: context.folder("artifact") }, data: { source: context.folder("data") } };
    const request = { worker, verb: "infer", inputs, options: { ...options, file, split: "validation" }, target, threads, emulation };
    const called = await callStepWorker(context, request, executionFactsSchema);
    if (!called.ok) return called;
    return ok(fromWorker(asJson(called.value.facts), called.value.answer));
  },
  summarise: () => null,
};
