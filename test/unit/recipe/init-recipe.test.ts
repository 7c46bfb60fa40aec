import { join } from "node:path";
import fc from "fast-check";
import { TensorProto_DataType as Type } from "onnx-buf";
import { expect, test } from "vitest";
import { readModel } from "../../../src/model/read-model.ts";
import { initialRecipe, recipeName } from "../../../src/recipe/init-recipe.ts";
import { type TinyInput, type TinyModel, tinyModel } from "../../rig/onnx-models.ts";
import { recipeFolder } from "../../rig/recipe-folder.ts";

async function initiated(model: TinyModel) {
  const folder = await recipeFolder({ "m.onnx": tinyModel(model) });
  const summary = await readModel(join(folder.path, "m.onnx"));
  if (!summary.ok) throw new Error(summary.error[0]?.message);
  const options = { name: "m", modelPath: "m.onnx", target: "cpu-x64-native", toolchains: ["anvil", "bellows"] };
  return { folder, text: initialRecipe(summary.value, options) };
}

test("a first recipe for an image model, and it passes as it is", async () => {
  const { folder, text } = await initiated({ inputs: [{ name: "x", shape: ["batch", 3, "height", null] }], metadata: { author: "me" } });
  expect(text.replace(/sha256: \S+/, "sha256: <hash>")).toMatchInlineSnapshot(`
    "# First recipe for m.onnx: 1 nodes, opset 17, made by rig 3.
    # Operators: Relu 1.
    # Outputs: y float32 [1, 4]
    recipe: 1
    name: m

    model:
      from: { path: m.onnx }
      sha256: <hash>
      shapes:
        x: [1, 3, 224, 224] # guessed: batch, height, axis 3; write the sizes you run, or { min, opt, max } where you run several

    data: # random numbers prove that outputs agree; to prove quality, give \`script:\` or \`files:\` instead
      random:
        inputs:
          x: { uniform: [0, 1] }
      calibration: 32
      validation: 64

    try:
      precision: [float32] # also: bfloat16, float16, int8

    accept:
      outputs: auto # tolerance by the precision that was executed
      # latency: { p99: 60 ms }
      # metric: { script: metric.py, keep: 99.5 % of reference }

    targets:
      cpu-x64-native:
        toolchains: [anvil, bellows]
        require: measured
    "
  `);
  expect(await folder.check(text)).toBe("no errors\n");
});

test("a speech model's sample rate is bound, token ids are whole numbers, fixed shapes are left alone", async () => {
  const inputs: TinyInput[] = [
    { name: "input", shape: [null, null] },
    { name: "sr", type: Type.INT64, shape: [] },
    { name: "input_ids", type: Type.INT64, shape: ["batch_size", "sequence_length"] },
    { name: "attention_mask", type: Type.INT64, shape: ["batch_size", "sequence_length"] },
    { name: "onnx::Gate: 1", type: Type.BOOL, shape: [1] },
  ];
  const { folder, text } = await initiated({ inputs });
  expect(text.slice(text.indexOf("model:")).replace(/sha256: \S+/, "sha256: <hash>")).toMatchInlineSnapshot(`
    "model:
      from: { path: m.onnx }
      sha256: <hash>
      shapes:
        input: [1, 512] # guessed: axis 0, axis 1; write the sizes you run, or { min, opt, max } where you run several
        input_ids: [1, 128] # guessed: batch_size, sequence_length; write the sizes you run, or { min, opt, max } where you run several
        attention_mask: [1, 128] # guessed: batch_size, sequence_length; write the sizes you run, or { min, opt, max } where you run several
      bind:
        sr: 16000 # a guess: the input is bound to this constant

    data: # random numbers prove that outputs agree; to prove quality, give \`script:\` or \`files:\` instead
      random:
        inputs:
          input: { normal: [0, 1] }
          input_ids: { integers: [0, 100] }
          attention_mask: { integers: [1, 2] }
          "onnx::Gate: 1": { integers: [0, 2] }
      calibration: 32
      validation: 64

    try:
      precision: [float32] # also: bfloat16, float16, int8

    accept:
      outputs: auto # tolerance by the precision that was executed
      # latency: { p99: 60 ms }
      # metric: { script: metric.py, keep: 99.5 % of reference }

    targets:
      cpu-x64-native:
        toolchains: [anvil, bellows]
        require: measured
    "
  `);
  expect(await folder.check(text)).toBe("no errors\n");
});

test("what cannot be guessed is left to the user, and the check says so", async () => {
  const { folder, text } = await initiated({
    inputs: [
      { name: "x", shape: null },
      { name: "words", type: Type.STRING, shape: [1] },
    ],
  });
  expect(text.slice(text.indexOf("model:"), text.indexOf("try:")).replace(/sha256: \S+/, "sha256: <hash>")).toMatchInlineSnapshot(`
    "model:
      from: { path: m.onnx }
      sha256: <hash>
      # shapes:
        # x: [...] # the model does not say its rank: write its whole shape

    data:
      script: data.py # to write: an input of this model cannot be drawn at random
      calibration: 32
      validation: 64

    "
  `);
  const codes = (await folder.check(text)).match(/error\[[a-z-]+\]/g);
  expect(codes).toEqual(["error[model-shape-missing]", "error[file-not-found]"]);
});

test("any names and shapes give a recipe that passes", async () => {
  const types = [Type.FLOAT, Type.INT64, Type.BOOL, Type.UINT8, Type.FLOAT16];
  const size = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(null), fc.string({ minLength: 1 }));
  const input = fc.record({
    name: fc.string({ minLength: 1, unit: "grapheme" }).filter((name) => name !== "__proto__"),
    type: fc.constantFrom(...types),
    shape: fc.array(size, { maxLength: 4 }),
  });
  const property = fc.asyncProperty(fc.uniqueArray(input, { minLength: 1, maxLength: 3, selector: ({ name }) => name }), async (inputs) => {
    const { folder, text } = await initiated({ inputs });
    const result = await folder.load(text);
    expect(result.ok ? [] : result.error.map(({ message }) => message), text).toEqual([]);
  });
  await fc.assert(property, { numRuns: 40 });
});

test("a recipe's name from a file's", () => {
  expect(["ch_PP-OCRv4_rec.onnx", "My Model (2).onnx", "--x--.onnx", "ü.onnx", "a".repeat(90)].map(recipeName)).toEqual([
    "ch_pp-ocrv4_rec",
    "my-model-2",
    "x",
    "model",
    "a".repeat(64),
  ]);
});
