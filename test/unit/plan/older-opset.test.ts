import { expect, test } from "vitest";
import type { Plan } from "../../../src/domain/plan.ts";
import { planWith } from "../../rig/planned-recipe.ts";
import { toyToolchain } from "../../rig/recipe-folder.ts";

const prepares = (planned: Plan) => planned.steps.filter(({ kind }) => kind === "prepare");
const modelOf = (planned: Plan, toolchain: string) =>
  planned.steps.find(({ kind, candidate }) => kind === "compile" && candidate === `${toolchain}/float32`)?.needs[0]?.step;

test("a toolchain that stopped at an older opset gets the model prepared for itself, and all others the common one", () => {
  const planned = planWith([
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
  expect(prepares(planWith([toyToolchain("anvil")]))).toHaveLength(1);
  expect(prepares(planWith([toyToolchain("anvil", { newestOpset: 22 })]))).toHaveLength(1);
});

test("a toolchain that cannot take the recipe's model is untried, with its own reason", () => {
  const refuses = toyToolchain("anvil", {
    canCompile: ({ model }) => (model?.operators.Det === undefined ? { yes: true } : { yes: false, why: "it has no Det" }),
  });
  const facts = { prepared: false, opset: 17, operators: { Det: 1 }, openInputs: [] };
  expect(planWith([refuses], { modelFacts: facts }).targets[0]).toMatchObject({
    candidates: [],
    untried: [{ id: "anvil/float32", why: "it has no Det" }],
  });
  expect(planWith([refuses]).targets[0]).toMatchObject({ candidates: [{ id: "anvil/float32" }], untried: [] });
});
