import { modelFacts } from "../model/model-facts.ts";
import type { PoplarCheck } from "../report/poplar-check-view.ts";
import { poplarFindings } from "../toolchains/poplar/rules.ts";

/** Holds an ONNX file as it is, without a recipe's shapes, against the rules of the toolchain `poplar`. */
export async function checkForPoplar(file: string): Promise<PoplarCheck> {
  // Reading ONNX costs more to load than all the rest of the program.
  const { readModel } = await import("../model/read-model.ts");
  const read = await readModel(file, file);
  if (!read.ok) return { file, taken: false, opset: null, findings: [], fault: read.error[0]?.message ?? "it cannot be read" };
  const facts = modelFacts(read.value, {});
  const findings = poplarFindings(facts);
  return { file, taken: findings.every(({ refuses }) => !refuses), opset: facts.opset, findings, fault: null };
}
