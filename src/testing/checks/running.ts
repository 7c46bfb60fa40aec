import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import { ok, type Result } from "../../domain/result.ts";
import { tolerancesFor } from "../../measure/auto-tolerance.ts";
import { compareOutputs, type OutputComparison } from "../../measure/compare-outputs.ts";
import { judgePrecision } from "../../measure/judge-precision.ts";
import { type Check, failed, notApplicable, type Outcome, passed, type Trial, told } from "../check.ts";
import { compileFolder, type Executed, inferFolder } from "../compiled.ts";
import { withShiftedOutputs } from "../sample-model.ts";
import { modelFolder } from "./refusing.ts";
import { addsUp } from "./working.ts";

/** The judge accepts what the toolchain makes of a sound model. */
export const agrees: Check = {
  name: "agrees",
  title: "the sample model's outputs agree with the reference, in the precision that was asked for",
  async run(trial) {
    return await withOutputs(trial, async (executed) => {
      const compared = await judge(trial, executed);
      if (!compared.ok) return failed(told(compared.error));
      if (compared.value.verdict === "rejected") return failed(compared.value.reason.message);
      const precision = judgePrecision({ asked: trial.bench.subject.precision, executed: executed.facts });
      return precision.verdict === "accepted" ? passed(compared.value.reason.message) : failed(precision.reason.message);
    });
  },
};

/** What was executed is stated. */
export const tellsExecution: Check = {
  name: "tells-execution",
  title: "`infer` tells precision and placement, as shares that add up to 1",
  async run(trial) {
    return await withOutputs(trial, ({ facts }) => {
      const { executedPrecision, placement, precisionEvidence } = facts;
      const names = Object.keys(executedPrecision);
      if (names.length === 0) return failed("`executedPrecision` is empty");
      if (!addsUp(Object.values(executedPrecision).map(({ ops }) => ops)))
        return failed("the shares of `executedPrecision` do not add up to 1");
      if (Object.keys(placement).length === 0 || !addsUp(Object.values(placement)))
        return failed("the shares of `placement` do not add up to 1");
      return passed(`${names.join(", ")} on ${Object.keys(placement).join(", ")}, ${precisionEvidence}`);
    });
  },
};

/** The judge rejects a model that computes something else: its outputs really come from what was compiled. */
export const wrongIsCaught: Check = {
  name: "wrong-is-caught",
  title: "an artifact that computes something else is rejected by the judge",
  async run(trial) {
    const { bench, material } = trial;
    if (!bench.way.yes) return notApplicable(`nothing can be run here: ${bench.way.why}`);
    const scale = Math.max(...material.noise.outputs.map(({ rms }) => rms));
    const wrong = withShiftedOutputs(await readFile(join(material.prepared, "model.onnx")), 4 * scale);
    const compiled = await compileFolder(bench, "wrong", await modelFolder(bench, "wrong-model", wrong, material.prepared));
    if (!compiled.ok) return failed(`the shifted model does not compile: ${told(compiled.error)}`);
    const executed = await inferFolder(bench, "wrong-outputs", compiled.value, material);
    if (!executed.ok) return failed(told(executed.error));
    const compared = await judge(trial, executed.value);
    if (!compared.ok) return failed(told(compared.error));
    return compared.value.verdict === "rejected"
      ? passed(compared.value.reason.message)
      : failed("the judge accepted outputs that are wrong");
  },
};

/** It can be timed, where its speed counts. */
export const measures: Check = {
  name: "measures",
  title: "`measure` loads once and gives a time for each inference asked for",
  async run({ bench, material, compiled }) {
    if (!bench.way.yes) return notApplicable(`nothing can be run here: ${bench.way.why}`);
    if ("how" in bench.way) return notApplicable(`run by ${bench.way.by}: what is emulated is never measured`);
    if (compiled === null) return failed("nothing was compiled");
    const inputs = { artifact: { source: compiled.folder }, data: { source: material.data } };
    const options = { ...bench.subject.toolchain.runOptions(bench.query), file: compiled.facts.files[0] ?? "", split: "validation" };
    const opened = await bench.open({ at: "measure", verb: "measure", inputs, options });
    if (!opened.ok) return failed(told(opened.error));
    const times = await opened.value.process.run(5);
    const end = await opened.value.close();
    if (!times.ok) return failed(told(times.error));
    return end.code === 0
      ? passed(`5 inferences, ${Math.min(...times.value.wallNs)} ns the fastest`)
      : failed(`it ended with status ${end.code}`);
  },
};

const executedOnce = new WeakMap<object, Promise<Result<Executed, Failure>>>();

/** The sample artifact's outputs, made once for all checks. */
async function withOutputs(trial: Trial, see: (executed: Executed) => Outcome | Promise<Outcome>): Promise<Outcome> {
  const { bench, material, compiled } = trial;
  if (!bench.way.yes) return notApplicable(`nothing can be run here: ${bench.way.why}`);
  if (compiled === null) return failed("nothing was compiled");
  const running = executedOnce.get(trial) ?? inferFolder(bench, "outputs", compiled, material);
  executedOnce.set(trial, running);
  const executed = await running;
  return executed.ok ? see(executed.value) : failed(told(executed.error));
}

async function judge({ material }: Trial, { facts, folder }: Executed): Promise<Result<OutputComparison, Failure>> {
  const tolerance = tolerancesFor("auto", facts.executedPrecision, material.noise.outputs);
  const compared = await compareOutputs({ reference: material.reference, candidate: folder, tolerance });
  return compared.ok ? ok(compared.value) : compared;
}
