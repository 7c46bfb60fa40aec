import { expect, test } from "vitest";
import { digestBytes } from "../../../src/domain/digest.ts";
import type { ModelFacts } from "../../../src/domain/model-facts.ts";
import type { Plan } from "../../../src/domain/plan.ts";
import type { Recipe } from "../../../src/domain/recipe.ts";
import type { Toolchain } from "../../../src/domain/toolchain.ts";
import type { IdentifiedWorker } from "../../../src/plan/inputs.ts";
import { planRecipe } from "../../../src/plan/plan-recipe.ts";
import { HOST, toyToolchain } from "../../rig/recipe-folder.ts";

const worker: IdentifiedWorker = {
  directory: "/nowhere",
  environment: { name: "toy", lock: "/nowhere/lock" },
  environmentDigest: digestBytes("environment"),
  workerDigest: digestBytes("worker"),
};

/** A recipe for one CPU with these toolchains. */
function plan(toolchains: readonly Toolchain[], modelFacts?: ModelFacts): Plan {
  const recipe: Recipe = {
    ...{ name: "toy", description: null, file: "/toy.yaml", precisions: ["float32"] },
    model: { source: { kind: "path", path: "/m.onnx" }, sha256: "0".repeat(64), shapes: {}, bind: {} },
    data: { source: { kind: "random", inputs: {} }, calibration: 0, validation: 1, seed: 0 },
    accept: { outputs: "auto", metric: null, latency: {} },
    measure: { threads: 1, margin: 0.03 },
    targets: [{ name: "cpu", toolchains: toolchains.map(({ name }) => ({ name, options: {} })), require: "compiled" }],
  };
  const system = { libc: "glibc", version: "2.28" } as const;
  return planRecipe({
    ...{ recipe, host: HOST, outputDirectory: "/dist" },
    contents: { model: [], dataScript: null, dataFiles: null, metricScript: null, ...(modelFacts !== undefined && { modelFacts }) },
    targets: new Map([["cpu", { name: "cpu", title: "CPU", device: "cpu", architecture: "x86-64", cpu: "x86-64", features: [], system }]]),
    toolchains: new Map(toolchains.map((toolchain) => [toolchain.name, { toolchain, worker, version: "1" }])),
    workers: { prepare: worker, reference: worker, data: worker, metric: null },
    limits: { timeoutMs: 1, memoryBytes: 1, processes: 1, outputBytes: 1 },
  });
}

const prepares = (planned: Plan) => planned.steps.filter(({ kind }) => kind === "prepare");
const modelOf = (planned: Plan, toolchain: string) =>
  planned.steps.find(({ kind, candidate }) => kind === "compile" && candidate === `${toolchain}/float32`)?.needs[0]?.step;

test("a toolchain that stopped at an older opset gets the model prepared for itself, and all others the common one", () => {
  const planned = plan([
    toyToolchain("anvil"),
    toyToolchain("bellows", { newestOpset: 11 }),
    toyToolchain("crucible", { newestOpset: 11 }),
  ]);
  expect(prepares(planned).map(({ id, definition }) => [id, definition.options])).toEqual([
    ["prepare model", { shapes: {}, bind: {}, opset: 17 }],
    ["prepare model opset-11", { shapes: {}, bind: {}, opset: 11, highest: 11 }],
  ]);
  expect(["anvil", "bellows", "crucible"].map((name) => modelOf(planned, name))).toEqual([
    "prepare model",
    "prepare model opset-11",
    "prepare model opset-11",
  ]);
});

test("without such a toolchain, and with one that reads newer models than the common one, there is one prepared model", () => {
  expect(prepares(plan([toyToolchain("anvil")]))).toHaveLength(1);
  expect(prepares(plan([toyToolchain("anvil", { newestOpset: 22 })]))).toHaveLength(1);
});

test("a toolchain that cannot take the recipe's model is untried, with its own reason", () => {
  const refuses = toyToolchain("anvil", {
    canCompile: ({ model }) => (model?.operators.Det === undefined ? { yes: true } : { yes: false, why: "it has no Det" }),
  });
  const facts = { prepared: false, opset: 17, operators: { Det: 1 }, openInputs: [] };
  expect(plan([refuses], facts).targets[0]).toMatchObject({ candidates: [], untried: [{ id: "anvil/float32", why: "it has no Det" }] });
  expect(plan([refuses]).targets[0]).toMatchObject({ candidates: [{ id: "anvil/float32" }], untried: [] });
});
