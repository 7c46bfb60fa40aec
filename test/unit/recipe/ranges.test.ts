import { expect, test } from "vitest";
import { check, recipeFor } from "../../rig/model-recipes.ts";
import { type TinyModel, tinyModel } from "../../rig/onnx-models.ts";
import { recipeFolder, toyToolchain } from "../../rig/recipe-folder.ts";

const OPEN: TinyModel = { inputs: [{ name: "x", shape: [1, 3, "height", "width"] }] };
const able = { toolchains: [toyToolchain("anvil", { dynamicShapes: true })] };

/** What `check` says of the model with these shapes and a toolchain that takes ranges. */
async function said(shapes: string, model: TinyModel = OPEN, over = able): Promise<string> {
  const bytes = tinyModel(model);
  const folder = await recipeFolder({ "m.onnx": bytes });
  const inputs = `{ ${(model.inputs ?? []).map(({ name }) => `${name}: { normal: [0, 1] }`).join(", ")} }`;
  return folder.check(recipeFor(bytes, { shapes, inputs }), over);
}

test("a range in place of a size is kept as it is written", async () => {
  const bytes = tinyModel(OPEN);
  const folder = await recipeFolder({ "m.onnx": bytes });
  const shapes = "{ x: [1, 3, 48, { min: 64, opt: 320, max: 960 }] }";
  const loaded = await folder.load(recipeFor(bytes, { shapes }), able);
  expect(loaded.ok && loaded.value.recipe.model.shapes).toEqual({ x: [1, 3, 48, { min: 64, opt: 320, max: 960 }] });
  expect(loaded.ok && loaded.value.contents.modelFacts?.openInputs).toEqual(["x"]);
});

test("a range that holds nothing, one size, or not its own `opt`", async () => {
  expect(await said("{ x: [1, 3, { min: 9, opt: 8, max: 8 }, { min: 4, opt: 9, max: 8 }] }")).toMatchInlineSnapshot(`
    "recipe.yaml:6:30 error[invalid-value] \`min\` 9 is above \`max\` 8
      4 |   from: { path: m.onnx }
      5 |   sha256: b746f82f9c348a705a4e80dc3728e0ff61b44815cebebddf0c8f83ea9dc73467
      6 |   shapes: { x: [1, 3, { min: 9, opt: 8, max: 8 }, { min: 4, opt: 9, max: 8 }] }
        |                              ^
      expected: \`min\` at most \`max\`

    recipe.yaml:6:66 error[invalid-value] \`opt\` 9 is not between \`min\` 4 and \`max\` 8
      4 |   from: { path: m.onnx }
      5 |   sha256: b746f82f9c348a705a4e80dc3728e0ff61b44815cebebddf0c8f83ea9dc73467
      6 |   shapes: { x: [1, 3, { min: 9, opt: 8, max: 8 }, { min: 4, opt: 9, max: 8 }] }
        |                                                                  ^
      expected: 4 to 8

    2 errors
    "
  `);
  expect(await said("{ x: [1, 3, 48, { min: 64, opt: 64, max: 64 }] }")).toMatchInlineSnapshot(`
    "recipe.yaml:6:27 error[invalid-value] from 64 to 64 there is one size
      4 |   from: { path: m.onnx }
      5 |   sha256: b746f82f9c348a705a4e80dc3728e0ff61b44815cebebddf0c8f83ea9dc73467
      6 |   shapes: { x: [1, 3, 48, { min: 64, opt: 64, max: 64 }] }
        |                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      expected: \`64\` in place of the range

    1 error
    "
  `);
});

test("keys that are missing, unknown or no size", async () => {
  expect(await said("{ x: [1, 3, 48, { min: 64, max: 0, best: 7 }] }")).toMatchInlineSnapshot(`
    "recipe.yaml:6:27 error[missing-key] \`model.shapes.x[3]\` needs the key \`opt\`
      4 |   from: { path: m.onnx }
      5 |   sha256: b746f82f9c348a705a4e80dc3728e0ff61b44815cebebddf0c8f83ea9dc73467
      6 |   shapes: { x: [1, 3, 48, { min: 64, max: 0, best: 7 }] }
        |                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      expected: The size that speed is measured at and claimed for.

    recipe.yaml:6:43 error[invalid-value] \`model.shapes.x[3].max\` is too small
      4 |   from: { path: m.onnx }
      5 |   sha256: b746f82f9c348a705a4e80dc3728e0ff61b44815cebebddf0c8f83ea9dc73467
      6 |   shapes: { x: [1, 3, 48, { min: 64, max: 0, best: 7 }] }
        |                                           ^
      expected: at least 1

    recipe.yaml:6:46 error[unknown-key] \`model.shapes.x[3]\` has no key \`best\`
      4 |   from: { path: m.onnx }
      5 |   sha256: b746f82f9c348a705a4e80dc3728e0ff61b44815cebebddf0c8f83ea9dc73467
      6 |   shapes: { x: [1, 3, 48, { min: 64, max: 0, best: 7 }] }
        |                                              ^^^^
      expected: one of \`min\`, \`opt\`, \`max\`

    3 errors
    "
  `);
  expect(await said("{ x: [1, 3, 48, wide] }")).toMatchInlineSnapshot(`
    "recipe.yaml:6:27 error[wrong-type] \`model.shapes.x[3]\` is the text \`wide\`
      4 |   from: { path: m.onnx }
      5 |   sha256: b746f82f9c348a705a4e80dc3728e0ff61b44815cebebddf0c8f83ea9dc73467
      6 |   shapes: { x: [1, 3, 48, wide] }
        |                           ^^^^
      expected: a number, or a map

    1 error
    "
  `);
});

test("a range where the model has one size, and of an input that is a constant", async () => {
  expect(await said("{ x: [1, { min: 1, opt: 3, max: 4 }, 48, 320] }")).toMatchInlineSnapshot(`
    "recipe.yaml:6:20 error[model-shape-mismatch] axis 1 of \`x\` is 3 in the model, not a range
      4 |   from: { path: m.onnx }
      5 |   sha256: b746f82f9c348a705a4e80dc3728e0ff61b44815cebebddf0c8f83ea9dc73467
      6 |   shapes: { x: [1, { min: 1, opt: 3, max: 4 }, 48, 320] }
        |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^
      expected: [1, 3, height, width]

    1 error
    "
  `);
  const model: TinyModel = {
    inputs: [
      { name: "x", shape: [1, 4] },
      { name: "rate", shape: ["n"] },
    ],
  };
  expect(await check(model, { shapes: "{ rate: [{ min: 1, opt: 1, max: 2 }] }", bind: "{ rate: 3 }" })).toContain(
    "`rate` is bound to a constant, which has no range of sizes",
  );
});

test("one name of the model that is given two ranges is warned of", async () => {
  const model: TinyModel = {
    inputs: [
      { name: "a", shape: [1, "tokens"] },
      { name: "b", shape: [1, "tokens"] },
    ],
  };
  expect(await said("{ a: [1, { min: 1, opt: 4, max: 8 }], b: [1, { min: 1, opt: 4, max: 8 }] }", model)).toBe("no errors\n");
  expect(await said("{ a: [1, { min: 1, opt: 4, max: 8 }], b: [1, 4] }", model)).toMatchInlineSnapshot(`
    "recipe.yaml:6:56 warning[model-shape-mismatch] the model calls this dimension \`tokens\`, which is 1 to 8 (opt 4) in \`a\` and 4 here
      4 |   from: { path: m.onnx }
      5 |   sha256: ec7a129ef70d0735432bc0ce1a89c40d6cab35ca2512cc7060323e3816241df7
      6 |   shapes: { a: [1, { min: 1, opt: 4, max: 8 }], b: [1, 4] }
        |                                                        ^
      hint: the model may only run when both are equal

    1 warning
    "
  `);
});

test("a target whose toolchains all want one size has no artifact: the dimension is named, and the mend", async () => {
  const shapes = "{ x: [1, 3, 48, { min: 64, opt: 320, max: 960 }] }";
  expect(await said(shapes, OPEN, { toolchains: [toyToolchain("anvil")] })).toMatchInlineSnapshot(`
    "recipe.yaml:8:35 error[precision-unserved] nothing can be made for \`cpu-x64\`: anvil: it compiles for fixed sizes, and axis 3 of \`x\` is to be 64 to 960: write one size there, or list a toolchain that takes ranges
      6 |   shapes: { x: [1, 3, 48, { min: 64, opt: 320, max: 960 }] }
      7 | data: { random: { inputs: { x: { normal: [0, 1] } } } }
      8 | targets: { cpu-x64: { toolchains: [anvil] } }
        |                                   ^^^^^^^
      hint: list another toolchain or another precision

    1 error
    "
  `);
});

test("random data too few to see the ends of a range", async () => {
  const bytes = tinyModel(OPEN);
  const folder = await recipeFolder({ "m.onnx": bytes });
  const recipe = recipeFor(bytes, { shapes: "{ x: [1, 3, 48, { min: 64, opt: 320, max: 960 }] }" });
  const few = recipe.replace("data: {", "data: { validation: 2,");
  expect(await folder.check(few, able)).toMatchInlineSnapshot(`
    "recipe.yaml:7:21 error[invalid-value] the range of \`x\` is drawn at \`min\`, \`opt\` and \`max\` in turn, for which 2 is too few
      5 |   sha256: b746f82f9c348a705a4e80dc3728e0ff61b44815cebebddf0c8f83ea9dc73467
      6 |   shapes: { x: [1, 3, 48, { min: 64, opt: 320, max: 960 }] }
      7 | data: { validation: 2, random: { inputs: { x: { normal: [0, 1] } } } }
        |                     ^
      expected: at least 3

    1 error
    "
  `);
  expect(await folder.check(few.replace("validation: 2", "validation: 3"), able)).toBe("no errors\n");
});
