import { join } from "node:path";
import { changedSignature } from "../../engine/changed-signature.ts";
import { datasetSchema } from "../../engine/dataset-files.ts";
import { groupBySize } from "../../engine/seen-sizes.ts";
import { shardShapes } from "../../engine/shard-shapes.ts";
import { tolerancesFor } from "../../measure/auto-tolerance.ts";
import { compareOutputs } from "../../measure/compare-outputs.ts";
import { readPlainJson } from "../../system/read-plain-file.ts";
import { type Check, failed, notApplicable, type Outcome, passed, told } from "../check.ts";
import { compileFolder, type Executed, inferFolder, readSignature } from "../compiled.ts";
import { type Material, makeMaterial } from "../material.ts";
import { sampleModel } from "../sample-model.ts";

const SIDE = { min: 8, opt: 16, max: 32 };

/** What says it takes ranges of sizes is compiled for one, and judged at each size of it. */
export const takesRanges: Check = {
  name: "takes-ranges",
  title: "what declares `dynamicShapes` takes every size of a range, says so in its signature, and agrees at each",
  async run({ bench }) {
    const { toolchain, model } = bench.subject;
    if (toolchain.dynamicShapes !== true) return notApplicable("it does not declare `dynamicShapes`");
    if (model !== undefined) return notApplicable("a model of the subject's own is tried, of fixed sizes");
    const shapes = { x: [1, 3, SIDE, SIDE] };
    const material = await makeMaterial(bench, { model: sampleModel(["height", "width"]), shapes, prefix: "ranges-" });
    if (!material.ok) return failed(`the sample model cannot be prepared: ${told(material.error)}`);
    const compiled = await compileFolder(bench, "ranges-compile", material.value.prepared);
    if (!compiled.ok) return failed(told(compiled.error));
    const [prepared, artifact] = [material.value.prepared, compiled.value.folder].map(readSignature);
    if (!prepared?.success || !artifact?.success) return failed("it left no usable signature.json");
    const changed = changedSignature(prepared.data, artifact.data);
    if (changed !== null) return failed(`its signature.json ${changed}`);
    if (!bench.way.yes)
      return passed(`compiled for images from ${SIDE.min} to ${SIDE.max} pixels; nothing can be run here: ${bench.way.why}`);
    const executed = await inferFolder(bench, "ranges-outputs", compiled.value, material.value);
    return executed.ok ? judge(material.value, executed.value) : failed(told(executed.error));
  },
};

async function judge({ data, reference, noise }: Material, { facts, folder }: Executed): Promise<Outcome> {
  const dataset = datasetSchema.parse(readPlainJson(join(data, "dataset.json")));
  const shards = shardShapes(data, dataset, ["x"]);
  if (!shards.ok) return failed(shards.error);
  const groups = groupBySize(shards.value);
  const tolerance = tolerancesFor("auto", facts.executedPrecision, noise.outputs);
  const compared = await compareOutputs({ reference, candidate: folder, tolerance, groups });
  if (!compared.ok) return failed(told(compared.error));
  const { verdict, reason } = compared.value;
  return verdict === "accepted" ? passed(`${reason.message}, at ${groups.length} sizes`) : failed(reason.message);
}
