import { asJson, type JsonObject } from "../domain/json.ts";
import type { StepOf } from "../domain/plan.ts";
import type { DataSpec, ModelSource } from "../domain/recipe.ts";
import { rangedAxes } from "../domain/sizes.ts";
import type { DataStepSpec } from "../domain/step-specs.ts";
import type { Toolchain } from "../domain/toolchain.ts";
import type { PlanInputs } from "./inputs.ts";
import { hostRunFacts } from "./key-facts.ts";
import { makeStep, need } from "./step.ts";

/**
 * Opset that models are brought to when theirs is older: per-channel quantisation needs 13, and 17 is the newest that every
 * built-in toolchain reads and onnx's own converter reaches without loss.
 */
const PREPARED_OPSET = 17;

/** The steps every target shares. */
export interface SharedSteps {
  readonly fetch: StepOf<"fetch">;
  readonly prepare: StepOf<"prepare">;
  readonly data: StepOf<"data">;
  readonly reference: StepOf<"reference">;
  /** The model prepared apart, by the newest opset of the toolchains that read no newer one. */
  readonly lowered: ReadonlyMap<number, StepOf<"prepare">>;
}

/** The prepared model that a toolchain reads. */
export function preparedFor({ prepare, lowered }: SharedSteps, { newestOpset }: Toolchain): StepOf<"prepare"> {
  return (newestOpset === undefined ? undefined : lowered.get(newestOpset)) ?? prepare;
}

export function planSharedSteps(inputs: PlanInputs): SharedSteps {
  const fetch = planFetch(inputs);
  const prepare = planPrepare(inputs, fetch, null);
  const data = planData(inputs, prepare);
  const lowered = new Map(olderOpsets(inputs).map((opset) => [opset, planPrepare(inputs, fetch, opset)]));
  return { fetch, prepare, data, reference: planReference(inputs, { fetch, data }), lowered };
}

/** Opsets older than the common one that toolchains of this recipe read at most. */
function olderOpsets({ toolchains, recipe }: PlanInputs): number[] {
  const hasRanges = rangedAxes(recipe.model.shapes).length > 0;
  const able = [...toolchains.values()].filter(({ toolchain }) => !hasRanges || toolchain.dynamicShapes === true);
  const older = able.map(({ toolchain }) => olderOpset(toolchain)).filter((opset) => opset !== null);
  return [...new Set(older)].sort((left, right) => left - right);
}

/** The newest opset that a toolchain reads, where that is older than the common one: models are prepared apart for it. */
export function olderOpset({ newestOpset }: Toolchain): number | null {
  return newestOpset !== undefined && newestOpset < PREPARED_OPSET ? newestOpset : null;
}

/** How a model is prepared. `lowered`: the newest opset its reader knows; null: the common one is the least, and a newer model stays as new as it is. */
export function opsetOptions(lowered: number | null) {
  return { opset: lowered ?? PREPARED_OPSET, ...(lowered !== null && { highest: lowered }) };
}

function planFetch({ recipe, contents, limits }: PlanInputs): StepOf<"fetch"> {
  const { source, sha256 } = recipe.model;
  return makeStep({
    kind: "fetch",
    needs: [],
    spec: { source, sha256, files: contents.model },
    limits,
    files: contents.model.slice(1),
    options: { sha256, source: sourceKeyFacts(source) },
  });
}

/** A path is not part of a key; a package and its version are, since they decide which external data comes along. */
function sourceKeyFacts(source: ModelSource): JsonObject {
  return source.kind === "path" ? { kind: "path" } : asJson(source);
}

function planPrepare({ recipe, workers, limits }: PlanInputs, fetch: StepOf<"fetch">, lowered: number | null): StepOf<"prepare"> {
  const { shapes, bind } = recipe.model;
  const options = { shapes, bind, ...opsetOptions(lowered) };
  return makeStep({
    kind: "prepare",
    ...(lowered !== null && { variant: `opset-${lowered}` }),
    needs: [need(fetch, "model")],
    spec: { worker: workers.prepare, options },
    limits,
    usesCpu: true,
    options,
    worker: workers.prepare,
  });
}

function planData(inputs: PlanInputs, prepare: StepOf<"prepare">): StepOf<"data"> {
  const { recipe, contents, workers, limits } = inputs;
  const { calibration, validation, seed } = recipe.data;
  const source = dataSource(recipe.data, inputs);
  return makeStep({
    kind: "data",
    needs: [need(prepare, "model")],
    spec: { worker: workers.data, source, calibration, validation, seed },
    limits,
    usesCpu: true,
    files: [...(contents.dataScript?.files ?? []), ...(contents.dataFiles?.calibration ?? []), ...(contents.dataFiles?.validation ?? [])],
    options: { source: dataKeyFacts(source), calibration, validation, seed },
    worker: workers.data,
  });
}

function dataSource({ source }: DataSpec, { contents }: PlanInputs): DataStepSpec["source"] {
  switch (source.kind) {
    case "random":
      return source;
    case "script":
      if (!contents.dataScript) throw new Error("a recipe with a data script was loaded without its files");
      return { kind: "script", script: contents.dataScript };
    case "files":
      if (!contents.dataFiles) throw new Error("a recipe with data files was loaded without them");
      return { kind: "files", ...contents.dataFiles };
  }
}

function dataKeyFacts(source: DataStepSpec["source"]): JsonObject {
  switch (source.kind) {
    case "random":
      return asJson(source);
    case "script":
      return { kind: "script", script: source.script.script };
    case "files":
      return {
        kind: "files",
        calibration: source.calibration.map((file) => file.at),
        validation: source.validation.map((file) => file.at),
      };
  }
}

function planReference({ recipe, workers, host, limits }: PlanInputs, from: Pick<SharedSteps, "fetch" | "data">): StepOf<"reference"> {
  const { bind } = recipe.model;
  return makeStep({
    kind: "reference",
    needs: [need(from.fetch, "model"), need(from.data, "data")],
    spec: { worker: workers.reference, bind },
    limits,
    usesCpu: true,
    options: { bind },
    worker: workers.reference,
    host: hostRunFacts(host),
  });
}
