import { asJson, canonicalJson } from "../domain/json.ts";
import type { ModelSignature } from "../domain/tensor.ts";

/**
 * The first input of a prepared model whose ranges of sizes an artifact's signature does not give as they were asked for; null where all are
 * kept. What is published tells users which sizes it takes.
 */
export function changedRange(prepared: ModelSignature, artifact: ModelSignature): string | null {
  const changed = prepared.inputs.find(({ name }) => rangesOf(prepared, name) !== rangesOf(artifact, name));
  return changed?.name ?? null;
}

function rangesOf({ inputs }: ModelSignature, name: string): string {
  return canonicalJson(asJson({ ranges: inputs.find((input) => input.name === name)?.ranges ?? [] }));
}
