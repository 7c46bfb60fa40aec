import { expect, test } from "vitest";
import type { Plan, StepOf } from "../../../src/domain/plan.ts";
import type { Shapes } from "../../../src/domain/sizes.ts";
import type { Toolchain } from "../../../src/domain/toolchain.ts";
import { planWith } from "../../rig/planned-recipe.ts";
import { toyToolchain } from "../../rig/recipe-folder.ts";

const able = toyToolchain("anvil", { dynamicShapes: true });
const WIDE: Shapes = { x: [1, 3, 48, { min: 64, opt: 320, max: 960 }], y: [1, 2] };

const plan = (shapes: Shapes, toolchains: readonly Toolchain[] = [able]) => planWith(toolchains, { shapes });
const measureOf = (planned: Plan) => planned.steps.find((step): step is StepOf<"measure"> => step.kind === "measure");
const keyOf = (planned: Plan, id: string) => planned.steps.find((step) => step.id === id)?.key;

test("a toolchain that makes artifacts of one size is untried, with the dimension and the mend; others go on", () => {
  const planned = plan(WIDE, [able, toyToolchain("bellows", { newestOpset: 11 })]);
  expect(planned.targets[0]?.candidates.map(({ id }) => id)).toEqual(["anvil/float32"]);
  expect(planned.targets[0]?.untried).toEqual([
    {
      target: "cpu",
      id: "bellows/float32",
      why: "it compiles for fixed sizes, and axis 3 of `x` is to be 64 to 960: write one size there, or list a toolchain that takes ranges",
    },
  ]);
  expect(planned.steps.filter(({ kind }) => kind === "prepare")).toHaveLength(1);
});

test("a toolchain that takes ranges is still asked whether it takes the rest", () => {
  const refuses = toyToolchain("anvil", { dynamicShapes: true, canCompile: () => ({ yes: false, why: "it is Tuesday" }) });
  expect(plan(WIDE, [refuses]).targets[0]?.untried).toMatchObject([{ why: "it is Tuesday" }]);
});

test("speed is measured at `opt`, and the judge is given the samples' sizes", () => {
  const planned = plan(WIDE);
  expect(measureOf(planned)?.spec.at).toEqual({ x: [1, 3, 48, 320] });
  expect(measureOf(planned)?.definition.options).toMatchObject({ at: { x: [1, 3, 48, 320] } });
  expect(planned.steps.find(({ kind }) => kind === "validate")?.needs.map(({ as }) => as)).toEqual(["candidate", "reference", "data"]);
});

test("each part of a range is in the key of what is prepared, and `opt` in that of what is measured", () => {
  const other = (range: object) => plan({ ...WIDE, x: [1, 3, 48, { min: 64, opt: 320, max: 960, ...range }] });
  const prepared = [WIDE, { ...WIDE, x: [1, 3, 48, 320] }].map((shapes) => keyOf(plan(shapes), "prepare model"));
  const changed = [other({ min: 32 }), other({ opt: 100 }), other({ max: 961 })].map((each) => keyOf(each, "prepare model"));
  expect(new Set([...prepared, ...changed]).size).toBe(5);
});

test("without a range no definition says anything of ranges: keys of earlier recipes stay", () => {
  const planned = plan({ x: [1, 3, 48, 320] });
  expect(planned.steps.find(({ kind }) => kind === "prepare")?.definition.options).toEqual({
    shapes: { x: [1, 3, 48, 320] },
    bind: {},
    opset: 17,
  });
  expect(Object.keys(measureOf(planned)?.definition.options ?? {})).toEqual(["threads", "margin", "limits", "baseline"]);
  expect(planned.steps.find(({ kind }) => kind === "validate")?.needs.map(({ as }) => as)).toEqual(["candidate", "reference"]);
});
