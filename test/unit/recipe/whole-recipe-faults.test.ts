import { expect, test } from "vitest";
import { DATA, GOOD, HASH, HEAD, MODEL, read, TARGETS } from "../../rig/recipe-texts.ts";

test("several faults at once, in the order of the text, one for each cause", async () => {
  const text = `recipe: 2
name: My Model
model:
  from: { path: models/missing.onnx }
  sha265: ${HASH}
data:
  random: { inputs: { x: { unifrom: [-1, 1], normal: [0, -1] } } }
  sead: 3
try:
  precision: [float32, bflot16]
accept:
  outputs: { atol: 1e-3, rtoll: 3 }
  latency: { p99: 60 }
targets:
  cpu-x64: { toolchains: [anvil], require: mesured }
`;
  expect(await read(text)).toMatchInlineSnapshot(`
    "recipe.yaml:1:9 error[invalid-value] \`recipe\` cannot be \`2\`
      1 | recipe: 2
        |         ^
      expected: \`1\`

    recipe.yaml:2:7 error[invalid-value] \`My Model\` cannot name a folder everywhere
      1 | recipe: 2
      2 | name: My Model
        |       ^^^^^^^^
      expected: up to 64 lower-case letters, digits, \`-\`, \`.\` and \`_\`, starting and ending with a letter or digit

    recipe.yaml:4:17 error[file-not-found] there is no file models/missing.onnx
      2 | name: My Model
      3 | model:
      4 |   from: { path: models/missing.onnx }
        |                 ^^^^^^^^^^^^^^^^^^^
      hint: paths are relative to the recipe's folder; this one leads to <folder>/models/missing.onnx

    recipe.yaml:5:3 error[unknown-key] \`model\` has no key \`sha265\`
      3 | model:
      4 |   from: { path: models/missing.onnx }
      5 |   sha265: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
        |   ^^^^^^
      expected: one of \`from\`, \`sha256\`, \`shapes\`, \`bind\`
      hint: did you mean \`sha256\`?

    recipe.yaml:7:28 error[unknown-key] \`data.random.inputs.x\` has no key \`unifrom\`
      5 |   sha265: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
      6 | data:
      7 |   random: { inputs: { x: { unifrom: [-1, 1], normal: [0, -1] } } }
        |                            ^^^^^^^
      expected: one of \`uniform\`, \`normal\`, \`integers\`
      hint: did you mean \`uniform\`?

    recipe.yaml:7:54 error[invalid-value] a deviation must be above 0
      5 |   sha265: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
      6 | data:
      7 |   random: { inputs: { x: { unifrom: [-1, 1], normal: [0, -1] } } }
        |                                                      ^^^^^^^
      expected: [mean, deviation]

    recipe.yaml:8:3 error[unknown-key] \`data\` has no key \`sead\`
      6 | data:
      7 |   random: { inputs: { x: { unifrom: [-1, 1], normal: [0, -1] } } }
      8 |   sead: 3
        |   ^^^^
      expected: one of \`script\`, \`requirements\`, \`files\`, \`random\`, \`calibration\`, \`validation\`, \`seed\`
      hint: did you mean \`seed\`?

    recipe.yaml:10:24 error[invalid-value] \`try.precision[1]\` cannot be \`bflot16\`
       8 |   sead: 3
       9 | try:
      10 |   precision: [float32, bflot16]
         |                        ^^^^^^^
      expected: one of \`float32\`, \`bfloat16\`, \`float16\`, \`int8\`
      hint: did you mean \`bfloat16\`?

    recipe.yaml:12:26 error[unknown-key] \`accept.outputs\` has no key \`rtoll\`
      10 |   precision: [float32, bflot16]
      11 | accept:
      12 |   outputs: { atol: 1e-3, rtoll: 3 }
         |                          ^^^^^
      expected: one of \`atol\`, \`rtol\`, \`mismatch\`, \`relL2\`, \`cosine\`
      hint: did you mean \`rtol\`?

    recipe.yaml:13:19 error[missing-unit] \`60\` has no unit
      11 | accept:
      12 |   outputs: { atol: 1e-3, rtoll: 3 }
      13 |   latency: { p99: 60 }
         |                   ^^
      expected: a length of time above zero with its unit: \`60 ms\`, \`1.5 s\`, \`20 min\`
      hint: write \`60 ms\`

    recipe.yaml:15:44 error[invalid-value] \`targets.cpu-x64.require\` cannot be \`mesured\`
      13 |   latency: { p99: 60 }
      14 | targets:
      15 |   cpu-x64: { toolchains: [anvil], require: mesured }
         |                                            ^^^^^^^
      expected: one of \`compiled\`, \`emulated\`, \`validated\`, \`measured\`
      hint: did you mean \`measured\`?

    11 errors
    "
  `);
});

test("a target nothing can be made for, and a precision nobody makes", async () => {
  expect(await read(`${GOOD}try: { precision: [bfloat16] }\n`)).toMatchInlineSnapshot(`
    "recipe.yaml:9:26 error[precision-unserved] nothing can be made for \`cpu-x64\`: anvil: bfloat16 is not for anvil
      7 |   random: { inputs: { x: { normal: [0, 1] } } }
      8 | targets:
      9 |   cpu-x64: { toolchains: [anvil] }
        |                          ^^^^^^^
      hint: list another toolchain or another precision

    1 error
    "
  `);
  expect(await read(`${GOOD}try: { precision: [float32, bfloat16] }\n`)).toMatchInlineSnapshot(`
    "recipe.yaml:10:29 warning[precision-unserved] no toolchain of this recipe makes \`bfloat16\`: anvil: bfloat16 is not for anvil
       8 | targets:
       9 |   cpu-x64: { toolchains: [anvil] }
      10 | try: { precision: [float32, bfloat16] }
         |                             ^^^^^^^^

    1 warning
    "
  `);
});

test("int8 without anything to calibrate with", async () => {
  expect(await read(`${HEAD}${MODEL}${DATA}  calibration: 0\n${TARGETS}try: { precision: [int8] }\n`)).toMatchInlineSnapshot(`
    "recipe.yaml:8:16 error[data-empty] int8 needs samples to calibrate with, and there are none
      6 | data:
      7 |   random: { inputs: { x: { normal: [0, 1] } } }
      8 |   calibration: 0
        |                ^
      expected: at least 1

    1 error
    "
  `);
});
