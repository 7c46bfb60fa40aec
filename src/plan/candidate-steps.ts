import { asJson } from "../domain/json.ts";
import type { Candidate, Step, StepOf } from "../domain/plan.ts";
import { optShapes, rangedAxes } from "../domain/sizes.ts";
import type { MeasureStepSpec } from "../domain/step-specs.ts";
import type { CandidateDraft } from "./candidates.ts";
import type { PlanInputs } from "./inputs.ts";
import { hostRunFacts, hostSpeedFacts, type RanBy, targetKeyFacts } from "./key-facts.ts";
import { preparedFor, type SharedSteps } from "./shared-steps.ts";
import { makeStep, need } from "./step.ts";

/** Steps of one candidate: compile; where this host can run it, infer and validate; and on the hardware itself, measure. */
export function planCandidate(inputs: PlanInputs, shared: SharedSteps, draft: CandidateDraft): { candidate: Candidate; steps: Step[] } {
  const compile = planCompile(inputs, shared, draft);
  const proof = draft.cannotRun === null ? planProof(inputs, { ...shared, compile }, draft) : null;
  const candidate: Candidate = {
    id: draft.id,
    target: draft.target.name,
    toolchain: draft.toolchain.toolchain.name,
    version: draft.toolchain.version,
    precision: draft.precision,
    options: draft.options,
    cannotRun: draft.cannotRun,
    emulatedBy: draft.emulatedBy,
    steps: {
      compile: compile.id,
      infer: proof?.infer.id ?? null,
      validate: proof?.validate.id ?? null,
      measure: proof?.measure?.id ?? null,
    },
  };
  return { candidate, steps: [compile, ...(proof ? [proof.infer, proof.validate] : []), ...(proof?.measure ? [proof.measure] : [])] };
}

interface CandidateSources extends SharedSteps {
  readonly compile: StepOf<"compile">;
}

function planProof(inputs: PlanInputs, from: CandidateSources, draft: CandidateDraft) {
  const infer = planInfer(inputs, from, draft);
  const validate = planValidate(inputs, { ...from, infer }, draft);
  // The speed of an emulator says nothing of the hardware's.
  return { infer, validate, measure: draft.emulatedBy === null ? planMeasure(inputs, { ...from, validate }, draft) : null };
}

function place(draft: CandidateDraft) {
  return { target: draft.target.name, candidate: draft.id };
}

/** What is emulated leaves the hardware alone, even where there is some. */
function ranBy({ accelerator, emulatedBy, emulation }: CandidateDraft): RanBy {
  return { accelerator: emulatedBy === null ? accelerator : null, emulatedBy, emulation };
}

function acceleratorUsed(draft: CandidateDraft) {
  return ranBy(draft).accelerator?.id ?? null;
}

function planCompile({ host, limits }: PlanInputs, shared: SharedSteps, draft: CandidateDraft): StepOf<"compile"> {
  const { toolchain, worker } = draft.toolchain;
  const options = toolchain.compileOptions(draft);
  const onDevice = toolchain.compileNeedsDevice?.(draft) === true;
  return makeStep({
    kind: "compile",
    ...place(draft),
    needs: [need(preparedFor(shared, toolchain), "model")],
    spec: {
      worker,
      target: draft.target,
      options,
      asked: { toolchain: toolchain.name, precision: draft.precision, options: draft.options },
    },
    limits,
    usesCpu: true,
    ...(onDevice && { accelerator: draft.accelerator?.id ?? null, exclusive: true }),
    options,
    worker,
    targetFacts: targetKeyFacts(draft.target),
    host: onDevice ? hostRunFacts(host, draft) : toolchain.compileReadsHost(draft) ? hostRunFacts(host) : null,
  });
}

function planInfer({ host, limits }: PlanInputs, { compile, data }: CandidateSources, draft: CandidateDraft): StepOf<"infer"> {
  const { toolchain, emulating } = draft.toolchain;
  const { emulation } = draft;
  const worker = (emulation === null ? undefined : emulating?.get(draft.target.architecture)) ?? draft.toolchain.worker;
  // One thread: sums are then taken in one order, and the comparison with the one-thread reference is repeatable.
  const threads = 1;
  const options = toolchain.runOptions({ ...draft, threads });
  return makeStep({
    kind: "infer",
    ...place(draft),
    needs: [need(compile, "artifact"), need(data, "data")],
    spec: { worker, target: draft.target, options, threads, emulation },
    limits,
    usesCpu: true,
    accelerator: acceleratorUsed(draft),
    options: { ...options, threads },
    worker,
    host: hostRunFacts(host, ranBy(draft)),
  });
}

function planValidate(inputs: PlanInputs, from: CandidateSources & { infer: StepOf<"infer"> }, draft: CandidateDraft): StepOf<"validate"> {
  const { recipe, contents, workers, limits } = inputs;
  const { metric } = recipe.accept;
  const worker = workers.metric;
  const script = contents.metricScript;
  const hasRanges = rangedAxes(recipe.model.shapes).length > 0;
  if (metric && !(worker && script)) throw new Error("a recipe with a metric was loaded without its script");
  return makeStep({
    kind: "validate",
    ...place(draft),
    needs: [
      need(from.infer, "candidate"),
      need(from.reference, "reference"),
      ...(metric || hasRanges ? [need(from.data, "data")] : []),
      ...(metric ? [need(from.prepare, "model")] : []),
    ],
    spec: {
      precision: draft.precision,
      outputs: recipe.accept.outputs,
      metric: metric && worker && script ? { worker, script, keep: metric.keep } : null,
    },
    limits,
    usesCpu: true,
    files: metric ? (script?.files ?? []) : [],
    options: {
      precision: draft.precision,
      outputs: recipe.accept.outputs === "auto" ? "auto" : asJson(recipe.accept.outputs),
      metric: metric && script ? { script: script.script, keep: asJson(metric.keep) } : null,
    },
    ...(metric && worker && { worker }),
  });
}

function planMeasure(
  inputs: PlanInputs,
  from: CandidateSources & { validate: StepOf<"validate"> },
  draft: CandidateDraft,
): StepOf<"measure"> {
  const { recipe, host, limits, workers } = inputs;
  const { toolchain, worker } = draft.toolchain;
  const { threads, margin } = recipe.measure;
  const options = toolchain.runOptions({ ...draft, threads });
  const baseline = { worker: workers.reference, options: { level: "all", bind: recipe.model.bind } };
  const at = optShapes(recipe.model.shapes);
  const latency: MeasureStepSpec["limits"] = recipe.accept.latency;
  return makeStep({
    kind: "measure",
    ...place(draft),
    needs: [need(from.compile, "artifact"), need(from.fetch, "model"), need(from.data, "data"), need(from.validate, "verdict", "gate")],
    spec: { worker, target: draft.target, options, threads, margin, baseline, at, limits: latency },
    limits,
    usesCpu: true,
    exclusive: true,
    accelerator: acceleratorUsed(draft),
    options: {
      ...options,
      threads,
      margin,
      ...(Object.keys(at).length > 0 && { at }),
      limits: Object.fromEntries(Object.entries(latency).map(([name, limit]) => [name, limit.nanoseconds])),
      baseline: {
        options: baseline.options,
        environment: workers.reference.environmentDigest,
        worker: workers.reference.workerDigest,
      },
    },
    worker,
    host: hostSpeedFacts(host, ranBy(draft)),
  });
}
