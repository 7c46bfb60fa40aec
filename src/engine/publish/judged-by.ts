import { type Digest, digestJson } from "../../domain/digest.ts";
import { asJson, type JsonObject } from "../../domain/json.ts";
import type { ProofSpec } from "../../domain/step-specs.ts";
import { digestFile } from "../../system/digest-file.ts";

/**
 * Digest over what a recipe asks of a candidate: `accept`, with the contents of its metric's files, and `measure`. However far an artifact
 * was proven, it says nothing of what another recipe asks. The same on every machine, and however a limit is spelt.
 */
export async function judgedBy({ outputs, metric, latency, measure }: ProofSpec): Promise<Digest> {
  return digestJson({
    format: "fettle.judged-by/1",
    outputs: outputs === "auto" ? outputs : asJson(outputs),
    metric: metric && (await metricContents(metric)),
    latency: Object.fromEntries(Object.entries(latency).map(([name, limit]) => [name, limit.nanoseconds])),
    measure: asJson(measure),
  });
}

async function metricContents({ script, requirements, keep }: NonNullable<ProofSpec["metric"]>): Promise<JsonObject> {
  const { text: _, ...budget } = keep;
  return {
    script: script.script,
    files: Object.fromEntries(script.files.map(({ at, digest }) => [at, digest])),
    requirements: requirements === null ? null : await digestFile(requirements),
    keep: asJson(budget),
  };
}
