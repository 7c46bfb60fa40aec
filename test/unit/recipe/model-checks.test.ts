import { TensorProto_DataType as Type } from "onnx-buf";
import { expect, test } from "vitest";
import { check, checkBytes, recipeFor } from "../../rig/model-recipes.ts";
import { type TinyModel, tinyModel } from "../../rig/onnx-models.ts";
import { recipeFolder } from "../../rig/recipe-folder.ts";

test("a model that fits", async () => {
  expect(await check({})).toBe("no errors\n");
});

test("an input may have a name that every object has", async () => {
  const model: TinyModel = {
    inputs: [
      { name: "constructor", shape: [1, 4] },
      { name: "toString", shape: [] },
    ],
  };
  expect(await check(model, { inputs: "{ constructor: { normal: [0, 1] }, toString: { normal: [0, 1] } }" })).toBe("no errors\n");
});

test("a model that is not there", async () => {
  const folder = await recipeFolder({ "n.onnx": tinyModel() });
  expect(await folder.check(recipeFor(""))).toMatchInlineSnapshot(`
    "recipe.yaml:4:17 error[file-not-found] there is no file m.onnx
      2 | name: digits
      3 | model:
      4 |   from: { path: m.onnx }
        |                 ^^^^^^
      hint: did you mean \`n.onnx\`?

    1 error
    "
  `);
});

test("another model than the recipe names: both hashes, and the line to paste", async () => {
  expect(await checkBytes(tinyModel(), { sha256: "ab".repeat(32) })).toMatchInlineSnapshot(`
    "recipe.yaml:5:11 error[model-hash-mismatch] m.onnx is not the file the recipe names: its SHA-256 is f785d490051235435ed10a0fc2f656e5cb12bb17d17ae7ee04c9e6f21591befd
      3 | model:
      4 |   from: { path: m.onnx }
      5 |   sha256: abababababababababababababababababababababababababababababababab
        |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      expected: abababababababababababababababababababababababababababababababab
      hint: if the new file is meant, write \`sha256: f785d490051235435ed10a0fc2f656e5cb12bb17d17ae7ee04c9e6f21591befd\`

    1 error
    "
  `);
});

test("files that are no ONNX model say what they are", async () => {
  const said = async (bytes: Uint8Array | string) =>
    (await checkBytes(bytes))
      .split("\n")
      .filter((line) => /error\[|hint:/.test(line))
      .join("\n");
  expect(await said("")).toMatchInlineSnapshot(`"recipe.yaml:4:17 error[model-truncated] m.onnx is empty"`);
  expect(await said("hello, world\n")).toMatchInlineSnapshot(`"recipe.yaml:4:17 error[model-not-onnx] m.onnx is not an ONNX model"`);
  expect(await said("version https://git-lfs.github.com/spec/v1\noid sha256:00\n")).toMatchInlineSnapshot(`
    "recipe.yaml:4:17 error[model-not-onnx] m.onnx is not an ONNX model but a Git LFS pointer
      hint: \`git lfs pull\` brings the file itself"
  `);
  expect(await said("<!DOCTYPE html><html></html>")).toMatchInlineSnapshot(`
    "recipe.yaml:4:17 error[model-not-onnx] m.onnx is not an ONNX model but a web page
      hint: the download gave a page instead of the file"
  `);
  expect(await said("PK\x03\x04..........")).toMatchInlineSnapshot(`
    "recipe.yaml:4:17 error[model-not-onnx] m.onnx is not an ONNX model but a zip archive (a PyTorch checkpoint?)
      hint: export it with torch.onnx.export"
  `);
});

test("a model cut short anywhere is never taken for a whole one", async () => {
  const whole = tinyModel({ weights: [{ name: "w", shape: [64] }] });
  const folder = await recipeFolder();
  for (let length = 0; length < whole.length; length += 7) {
    await folder.write("m.onnx", whole.subarray(0, length));
    const result = await folder.load(recipeFor(whole.subarray(0, length)));
    const codes = result.ok ? ["accepted"] : result.error.map(({ code }) => code);
    expect(codes, `cut to ${length} of ${whole.length} bytes`).toEqual([expect.stringMatching(/^model-(truncated|not-onnx)$/)]);
  }
  expect(await checkBytes(whole.subarray(0, 200))).toMatchInlineSnapshot(`
    "recipe.yaml:4:17 error[model-truncated] m.onnx is cut short: 150 bytes are missing at its end
      2 | name: digits
      3 | model:
      4 |   from: { path: m.onnx }
        |                 ^^^^^^
      hint: fetch or export it again

    1 error
    "
  `);
});

test("an opset nobody here reads", async () => {
  expect(await check({ opset: 27 })).toMatchInlineSnapshot(`
    "recipe.yaml:4:17 error[model-opset] m.onnx uses opset 27; the newest that is supported is 26
      2 | name: digits
      3 | model:
      4 |   from: { path: m.onnx }
        |                 ^^^^^^
      hint: export the model with opset_version=26 or lower

    1 error
    "
  `);
  expect(await check({ opset: 26, domains: { "com.example": 99 } })).toBe("no errors\n");
});

test("inputs named in the recipe that the model has not", async () => {
  const model: TinyModel = { inputs: [{ name: "pixels", shape: [1, 4] }], weights: [{ name: "w", shape: [4] }] };
  const written = {
    shapes: "{ pixles: [1, 4], y: [1, 4] }",
    bind: "{ w: 3 }",
    inputs: "{ pixels: { normal: [0, 1] }, z: { normal: [0, 1] } }",
  };
  expect(await check(model, written)).toMatchInlineSnapshot(`
    "recipe.yaml:6:13 error[model-input-unknown] the model has no input \`pixles\`
      4 |   from: { path: m.onnx }
      5 |   sha256: 99d6fd7f6f7ebf9dcc84e2379d2626bf21d0b99d6a69cd96a08b5374f4cd4e3e
      6 |   shapes: { pixles: [1, 4], y: [1, 4] }
        |             ^^^^^^
      expected: \`pixels\`
      hint: did you mean \`pixels\`?

    recipe.yaml:6:29 error[model-input-unknown] \`y\` is an output of the model, not an input
      4 |   from: { path: m.onnx }
      5 |   sha256: 99d6fd7f6f7ebf9dcc84e2379d2626bf21d0b99d6a69cd96a08b5374f4cd4e3e
      6 |   shapes: { pixles: [1, 4], y: [1, 4] }
        |                             ^
      expected: \`pixels\`

    recipe.yaml:7:11 error[model-input-unknown] \`w\` is a weight of the model, not an input
      5 |   sha256: 99d6fd7f6f7ebf9dcc84e2379d2626bf21d0b99d6a69cd96a08b5374f4cd4e3e
      6 |   shapes: { pixles: [1, 4], y: [1, 4] }
      7 |   bind: { w: 3 }
        |           ^
      expected: \`pixels\`

    recipe.yaml:8:57 error[model-input-unknown] the model has no input \`z\`
      6 |   shapes: { pixles: [1, 4], y: [1, 4] }
      7 |   bind: { w: 3 }
      8 | data: { random: { inputs: { pixels: { normal: [0, 1] }, z: { normal: [0, 1] } } } }
        |                                                         ^
      expected: \`pixels\`

    4 errors
    "
  `);
});

test("rank and fixed sizes", async () => {
  const model: TinyModel = { inputs: [{ name: "x", shape: ["n", 3, "h", "w"] }] };
  expect(await check(model, { shapes: "{ x: [1, 3, 48] }" })).toMatchInlineSnapshot(`
    "recipe.yaml:6:16 error[model-shape-mismatch] \`x\` has 4 dimensions, the shape given has 3
      4 |   from: { path: m.onnx }
      5 |   sha256: 6e5f7a732236f36acf151adf1362fc7f9d23413230ad49900e8954d184900dfa
      6 |   shapes: { x: [1, 3, 48] }
        |                ^^^^^^^^^^
      expected: [n, 3, h, w]

    1 error
    "
  `);
  expect(await check(model, { shapes: "{ x: [1, 4, 48, 320] }" })).toMatchInlineSnapshot(`
    "recipe.yaml:6:20 error[model-shape-mismatch] axis 1 of \`x\` is 3 in the model, not 4
      4 |   from: { path: m.onnx }
      5 |   sha256: 6e5f7a732236f36acf151adf1362fc7f9d23413230ad49900e8954d184900dfa
      6 |   shapes: { x: [1, 4, 48, 320] }
        |                    ^
      expected: [n, 3, h, w]

    1 error
    "
  `);
});

test("symbolic dimensions without a size: the line to add", async () => {
  expect(await check({ inputs: [{ name: "x", shape: ["batch", 3, "height", null] }] })).toMatchInlineSnapshot(`
    "recipe.yaml:3:1 error[model-shape-missing] \`x\` has 3 symbolic dimensions without a size: [batch, 3, height, ?]
      1 | recipe: 1
      2 | name: digits
      3 | model:
        | ^^^^^
      hint: add \`x: [1, 3, <height>, <axis 3>]\` to model.shapes, with a size in place of each \`<...>\`

    1 error
    "
  `);
  expect(await check({ inputs: [{ name: "x", shape: [null, 4] }] })).toMatchInlineSnapshot(`
    "recipe.yaml:3:1 error[model-shape-missing] \`x\` has 1 symbolic dimension without a size: [?, 4]
      1 | recipe: 1
      2 | name: digits
      3 | model:
        | ^^^^^
      hint: add \`x: [1, 4]\` to model.shapes

    1 error
    "
  `);
  expect(await check({ inputs: [{ name: "x", shape: null }] })).toMatchInlineSnapshot(`
    "recipe.yaml:3:1 error[model-shape-missing] the model does not say what shape \`x\` has
      1 | recipe: 1
      2 | name: digits
      3 | model:
        | ^^^^^
      hint: add \`x: [1, ...]\` to model.shapes

    1 error
    "
  `);
});

test("one symbolic name with two sizes: a warning where the name means something, nothing where it does not", async () => {
  const two = (name: string): TinyModel => ({
    inputs: [
      { name: "x", shape: [1, name] },
      { name: "z", shape: [1, name] },
    ],
  });
  const written = { shapes: "{ x: [1, 4], z: [1, 5] }", inputs: "{ x: { normal: [0, 1] }, z: { normal: [0, 1] } }" };
  expect(await check(two("length"), written)).toMatchInlineSnapshot(`
    "recipe.yaml:6:31 warning[model-shape-mismatch] the model calls this dimension \`length\`, which is 4 in \`x\` and 5 here
      4 |   from: { path: m.onnx }
      5 |   sha256: 16c520af2b1fff691001f75fad4fee2069dc9f4974c16a34fff58719babdfe52
      6 |   shapes: { x: [1, 4], z: [1, 5] }
        |                               ^
      hint: the model may only run when both are equal

    1 warning
    "
  `);
  expect(await check(two("?"), written)).toBe("no errors\n");
});

test("bound inputs are scalars of a fitting type, and need no data", async () => {
  const sr = { name: "sr", type: Type.INT64, shape: [] };
  expect(await check({ inputs: [{ name: "x", shape: [1, 4] }, sr] }, { bind: "{ sr: 16000 }" })).toBe("no errors\n");
  expect(await check({ inputs: [{ name: "x", shape: [1, 4] }, sr] }, { bind: "{ sr: 0.5 }" })).toMatchInlineSnapshot(`
    "recipe.yaml:6:15 error[invalid-value] \`sr\` is int64 and cannot be 0.5
      4 |   from: { path: m.onnx }
      5 |   sha256: 5974c865fbee3c9bcdf42e3b3738be0004142ac0be0db89d20cb5120c7b307b2
      6 |   bind: { sr: 0.5 }
        |               ^^^
      expected: a whole number

    1 error
    "
  `);
  expect(await check({}, { bind: "{ x: 1 }", inputs: "{}" })).toMatchInlineSnapshot(`
    "recipe.yaml:6:14 error[model-shape-mismatch] \`x\` has the shape [1, 4]; only an input of one element can be bound to a number
      4 |   from: { path: m.onnx }
      5 |   sha256: f785d490051235435ed10a0fc2f656e5cb12bb17d17ae7ee04c9e6f21591befd
      6 |   bind: { x: 1 }
        |              ^

    1 error
    "
  `);
});

test("random data for every input, of a kind its type takes", async () => {
  const model: TinyModel = {
    inputs: [
      { name: "x", shape: [1, 4] },
      { name: "ids", type: Type.INT64, shape: [1, 4] },
    ],
  };
  expect(await check(model)).toMatchInlineSnapshot(`
    "recipe.yaml:6:19 error[missing-key] nothing says how the input \`ids\` is drawn
      4 |   from: { path: m.onnx }
      5 |   sha256: 6c1075753c38cafde141afdd9cb0829d423000806e72cd6fc86a8473351ad60f
      6 | data: { random: { inputs: { x: { normal: [0, 1] } } } }
        |                   ^^^^^^
      hint: add \`ids: { integers: [0, 100] }\` to data.random.inputs

    1 error
    "
  `);
  expect(await check(model, { inputs: "{ x: { normal: [0, 1] }, ids: { uniform: [0, 9] } }" })).toMatchInlineSnapshot(`
    "recipe.yaml:6:57 error[invalid-value] \`ids\` is int64, which \`uniform\` cannot give
      4 |   from: { path: m.onnx }
      5 |   sha256: 6c1075753c38cafde141afdd9cb0829d423000806e72cd6fc86a8473351ad60f
      6 | data: { random: { inputs: { x: { normal: [0, 1] }, ids: { uniform: [0, 9] } } } }
        |                                                         ^^^^^^^^^^^^^^^^^^^
      expected: \`integers\`
      hint: write \`ids: { integers: [0, 100] }\`

    1 error
    "
  `);
});
