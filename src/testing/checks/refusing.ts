import { copyFile, mkdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readResult } from "../../engine/worker-call.ts";
import type { Bench } from "../bench.ts";
import { type Check, failed, notApplicable, passed, told } from "../check.ts";
import { compileFolder, inferFolder } from "../compiled.ts";
import { UNKNOWN_OPERATOR, withUnknownOperator } from "../sample-model.ts";

/** An operator it lacks is named, with its node: that is what a user can act on. */
export const refusesOperators: Check = {
  name: "refuses-operators",
  title: "a model with an operator it lacks is refused with `unsupported-operator`, and the node is named",
  async run({ bench, material }) {
    const { model, node } = withUnknownOperator(await readFile(join(material.prepared, "model.onnx")));
    const compiled = await compileFolder(
      bench,
      "unknown-operator",
      await modelFolder(bench, "unknown-operator-model", model, material.prepared),
    );
    if (compiled.ok) return failed(`it compiled a model with ${UNKNOWN_OPERATOR.name}, which there is not`);
    const { reason, node: named } = compiled.error;
    if (reason !== "unsupported-operator") return failed(told(compiled.error));
    if (named?.operator.includes(UNKNOWN_OPERATOR.name) !== true)
      return failed(`it names ${named?.operator ?? "no operator"}, not ${UNKNOWN_OPERATOR.name}`);
    return passed(`names ${named.operator}${named.name === node ? `, node ${node}` : ""}`);
  },
};

/** Bytes that are no model end in a failure that the worker explains. */
export const refusesGarbage: Check = {
  name: "refuses-garbage",
  title: "a file that is no model is refused in words, without a crash",
  async run({ bench, material }) {
    const garbage = new TextEncoder().encode("this is no model at all\n".repeat(40));
    const compiled = await compileFolder(bench, "garbage", await modelFolder(bench, "garbage-model", garbage, material.prepared));
    if (compiled.ok) return failed("it compiled a file that is no model");
    // What the worker understood it wrote down; anything else is a traceback or a crash that nobody thought of.
    const explained = readResult(join(bench.folder, "garbage"))?.ok === false;
    return explained ? passed(told(compiled.error)) : failed(`the worker does not say what is wrong: ${told(compiled.error)}`);
  },
};

/** Half an artifact gives no result. */
export const refusesDamage: Check = {
  name: "refuses-damage",
  title: "an artifact cut in half gives a failure, never outputs",
  async run({ bench, material, compiled }) {
    if (!bench.way.yes) return notApplicable(`nothing can be run here: ${bench.way.why}`);
    if (compiled === null) return failed("nothing was compiled");
    const folder = join(bench.folder, "cut-artifact");
    await mkdir(folder, { recursive: true });
    for (const file of [...compiled.facts.files, "signature.json"]) await copyFile(join(compiled.folder, file), join(folder, file));
    const main = join(folder, compiled.facts.files[0] ?? "");
    await truncate(main, Math.floor((await stat(main)).size / 2));
    const executed = await inferFolder(bench, "cut", { ...compiled, folder }, material);
    return executed.ok ? failed("it ran half an artifact") : passed(told(executed.error));
  },
};

/** A prepared model's folder with other bytes as the model. */
export async function modelFolder(bench: Bench, name: string, model: Uint8Array, prepared: string): Promise<string> {
  const folder = join(bench.folder, name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "model.onnx"), model);
  await copyFile(join(prepared, "signature.json"), join(folder, "signature.json"));
  return folder;
}
