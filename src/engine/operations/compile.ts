import { statSync } from "node:fs";
import { join } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import { asJson } from "../../domain/json.ts";
import { err, ok } from "../../domain/result.ts";
import type { ModelSignature } from "../../domain/tensor.ts";
import { readPlainJson } from "../../system/read-plain-file.ts";
import { changedSignature } from "../changed-signature.ts";
import type { Operation, OperationContext } from "../operation.ts";
import { brokenContract } from "../worker-call.ts";
import { artifactFactsSchema, prepareFactsSchema, signatureSchema } from "../worker-schemas.ts";
import { callStepWorker, fromWorker } from "./worker-step.ts";

/** Has a toolchain compile the prepared model for the target. */
export const compile: Operation<"compile"> = {
  kept: true,
  async run(context) {
    const { worker, target, options } = context.step.spec;
    const refused = refusal(context);
    if (refused !== null) return err(refused);
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
    const prepared = preparedSignature(context);
    const changed = prepared && changedSignature(prepared, signature.data);
    if (changed !== null) return err(brokenContract(worker, `the artifact's signature.json ${changed}`, context.log));
    return ok(fromWorker(asJson(facts), answer));
  },
  summarise: () => null,
};

function preparedSignature(context: OperationContext<"compile">): ModelSignature | null {
  return signatureSchema.safeParse(readPlainJson(join(context.folder("model"), "signature.json"))).data ?? null;
}

/** Rules of a toolchain's own about models, held to the prepared one before its worker starts. */
function refusal(context: OperationContext<"compile">): Failure | null {
  const { step, services } = context;
  const { target, asked } = step.spec;
  const toolchain = services.toolchains.get(asked.toolchain);
  const prepared = prepareFactsSchema.safeParse(context.result("model"));
  const signature = preparedSignature(context);
  if (toolchain === undefined || !prepared.success || signature === null) return null;
  const { opset, operators } = prepared.data;
  const openInputs = signature.inputs.filter(({ shape }) => shape.some((size) => size < 0)).map(({ name }) => name);
  const { precision, options } = asked;
  const support = toolchain.canCompile({ target, precision, options, model: { prepared: true, opset, operators, openInputs } });
  return support.yes ? null : { reason: "unsupported-model", message: `${toolchain.title} cannot take the model: ${support.why}.` };
}
