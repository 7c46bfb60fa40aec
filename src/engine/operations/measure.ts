import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import { asJson, type JsonObject } from "../../domain/json.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { shapesText } from "../../domain/sizes.ts";
import type { Speed } from "../../domain/speed.ts";
import type { MeasureStepSpec } from "../../domain/step-specs.ts";
import { judgeLatencies } from "../../measure/judge-latency.ts";
import { measureInterleaved } from "../../measure/measure-interleaved.ts";
import { samplesForLimits } from "../../measure/percentiles.ts";
import { createHostProbe } from "../../measure/rounds/host-probe.ts";
import type { MeasuredProcess } from "../../measure/rounds/measured-process.ts";
import { type OpenMeasured, openBoth, openMeasured } from "../open-measured.ts";
import type { Operation, OperationContext, OperationResult } from "../operation.ts";
import { whyNotStillAsPlanned } from "../planned-worker.ts";
import { type Measurement, measurementOf, validationOf } from "../verdicts.ts";
import type { WorkerRequest } from "../worker-call.ts";
import { stepSite } from "./worker-step.ts";

/** Bootstrap resamples follow from the measured data alone. */
const BOOTSTRAP_SEED = 1;
/** The untouched model on ONNX Runtime's default optimisation level: what a user would otherwise run. */
export const BASELINE = "onnxruntime, model as it is";

type Context = OperationContext<"measure">;

/** Measures an accepted candidate beside the untouched model, in turn, with the machine to itself. */
export const measure: Operation<"measure"> = {
  kept: true,
  gate(inputs) {
    const verdict = inputs.get("verdict");
    if (verdict?.state !== "done") return null;
    const { verdict: found, reason } = validationOf(verdict.result);
    return found === "accepted" ? null : `not measured: ${found}, ${reason.message}`;
  },
  async run(context) {
    const opened = await openBoth(
      openSide(context, "candidate", candidateRequest(context)),
      openSide(context, "baseline", baselineRequest(context)),
    );
    if (!opened.ok) return opened;
    const { candidate, baseline } = opened.value;
    const measured = await measureBoth(context, candidate.process, baseline.process);
    const ends = await Promise.all([candidate.command.close(), baseline.command.close()]);
    if (!measured.ok) return measured;
    const changed = await changedWorker(context);
    if (changed !== null) return err(changed);
    const peakMemoryBytes = Math.max(...ends.map((end) => end.peakMemoryBytes));
    const workerSeconds = Math.max(...ends.map((end) => end.seconds));
    const result: OperationResult = {
      result: asJson(measured.value),
      workerSeconds,
      peakMemoryBytes,
      isolation: context.services.executor.isolation,
    };
    return ok(result);
  },
  summarise(result) {
    const { speed } = measurementOf(result);
    return `${speed.verdict} (${speed.ratio.toFixed(2)} x, ${speed.low.toFixed(2)}-${speed.high.toFixed(2)})`;
  },
};

async function changedWorker({ step, services }: Context): Promise<Failure | null> {
  const { worker, baseline } = step.spec;
  return (
    (await whyNotStillAsPlanned(worker, services.environments)) ?? (await whyNotStillAsPlanned(baseline.worker, services.environments))
  );
}

async function measureBoth(context: Context, candidate: MeasuredProcess, baseline: MeasuredProcess): Promise<Result<Measurement, Failure>> {
  const { threads, margin, limits } = context.step.spec;
  const measured = await measureInterleaved({
    candidate,
    baseline,
    settings: { threads, margin, seed: BOOTSTRAP_SEED, samples: samplesForLimits(limits) },
    hostProbe: createHostProbe(),
    signal: context.signal,
    onProgress: (text, fraction) => context.progress(text, fraction),
  });
  if (!measured.ok) return { ok: false, error: { log: context.log, ...measured.error } };
  const { at } = context.step.spec;
  const latency = judgeLatencies(limits, measured.value.samplesNs);
  return ok({ verdict: latency.verdict, reason: latency.reason, speed: speedAt(measured.value.speed, at) });
}

/** The speed, with the one size it holds for where the artifact takes several. */
function speedAt(speed: Speed, at: MeasureStepSpec["at"]): Speed {
  if (Object.keys(at).length === 0) return speed;
  return { ...speed, at, notes: [...speed.notes, `measured on samples of one size: ${shapesText(at)}`] };
}

/** Both sides run on the same samples: those of the size that speed is claimed for. */
function sampleOptions({ at }: MeasureStepSpec): JsonObject {
  return { split: "validation", ...(Object.keys(at).length > 0 && { sampleShapes: asJson(at) }) };
}

function candidateRequest(context: Context): WorkerRequest {
  const { worker, target, options, threads } = context.step.spec;
  return {
    ...{ worker, target, threads, verb: "measure" },
    inputs: { artifact: { source: context.folder("artifact") }, data: { source: context.folder("data") } },
    // No `file`: to the onnxruntime worker that names the untouched baseline, to be run at a level of its own.
    options: { ...options, ...sampleOptions(context.step.spec) },
  };
}

function baselineRequest(context: Context): WorkerRequest {
  const { baseline, threads } = context.step.spec;
  return {
    ...{ worker: baseline.worker, target: null, threads, verb: "measure" },
    inputs: { artifact: { source: context.folder("model") }, data: { source: context.folder("data") } },
    options: { ...baseline.options, file: "model.onnx", ...sampleOptions(context.step.spec) },
  };
}

/** One worker in a workspace and with a log of its own. */
async function openSide(context: Context, side: "candidate" | "baseline", request: WorkerRequest): Promise<Result<OpenMeasured, Failure>> {
  const workspace = join(context.workspace, side);
  await mkdir(workspace, { recursive: true });
  const log = side === "candidate" ? context.log : `${context.log}.baseline`;
  const name = side === "candidate" ? (context.step.candidate ?? side) : BASELINE;
  return openMeasured({ ...stepSite(context, workspace), log }, name, request);
}
