import { statSync } from "node:fs";
import { join } from "node:path";
import { asJson } from "../../domain/json.ts";
import { err, ok } from "../../domain/result.ts";
import { readPlainJson } from "../../system/read-plain-file.ts";
import type { Operation } from "../operation.ts";
import { brokenContract } from "../worker-call.ts";
import { artifactFactsSchema, signatureSchema } from "../worker-schemas.ts";
import { callStepWorker, fromWorker } from "./worker-step.ts";

/** Has a toolchain compile the prepared model for the target. */
export const compile: Operation<"compile"> = {
  kept: true,
  async run(context) {
    const { worker, target, options } = context.step.spec;
    const request = { worker, verb: "compile", inputs: { model: { source: context.folder("model") } }, options, target, threads: 1 };
    const called = await callStepWorker(context, request, artifactFactsSchema);
    if (!called.ok) return called;
    const { facts, answer } = called.value;
    const out = join(context.workspace, "out");
    const missing = [...facts.files, "signature.json"].find(
      (file) => statSync(join(out, file), { throwIfNoEntry: false })?.isFile() !== true,
    );
    if (missing) return err(brokenContract(worker, `the artifact's file ${missing} is not there`, context.log));
    const signature = signatureSchema.safeParse(readPlainJson(join(out, "signature.json")));
    if (!signature.success) return err(brokenContract(worker, "it left no usable signature.json", context.log));
    return ok(fromWorker(asJson(facts), answer));
  },
  summarise: () => null,
};
