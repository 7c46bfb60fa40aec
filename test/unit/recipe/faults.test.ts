import { expect, test } from "vitest";
import { recipeFolder } from "../../rig/recipe-folder.ts";

const HASH = "0123456789abcdef".repeat(4);
const MODEL = `model:
  from: { pypi: some-models==1.2.0, file: some_models/m.onnx }
  sha256: ${HASH}
`;
const DATA = `data:
  random: { inputs: { x: { normal: [0, 1] } } }
`;
const TARGETS = `targets:
  cpu-x64: { toolchains: [anvil] }
`;
const HEAD = "recipe: 1\nname: digits\n";
const GOOD = HEAD + MODEL + DATA + TARGETS;

async function read(text: string): Promise<string> {
  return (await recipeFolder()).check(text);
}

test("a good recipe has nothing to say", async () => {
  expect(await read(GOOD)).toBe("no errors\n");
});

test("a typo in a key is one fault, though the key it stands for is missing", async () => {
  expect(await read(GOOD.replace("sha256:", "sha265:"))).toMatchInlineSnapshot(`
    "recipe.yaml:5:3 error[unknown-key] \`model\` has no key \`sha265\`
      3 | model:
      4 |   from: { pypi: some-models==1.2.0, file: some_models/m.onnx }
      5 |   sha265: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
        |   ^^^^^^
      expected: one of \`from\`, \`sha256\`, \`shapes\`, \`bind\`
      hint: did you mean \`sha256\`?

    1 error
    "
  `);
});

test("a key of another block is sent home", async () => {
  expect(await read(`${GOOD}shapes: { x: [1, 3] }\n`)).toMatchInlineSnapshot(`
    "recipe.yaml:10:1 error[unknown-key] the recipe has no key \`shapes\`
       8 | targets:
       9 |   cpu-x64: { toolchains: [anvil] }
      10 | shapes: { x: [1, 3] }
         | ^^^^^^
      expected: one of \`recipe\`, \`name\`, \`description\`, \`model\`, \`data\`, \`try\`, \`accept\`, \`measure\`, \`targets\`
      hint: \`shapes\` belongs under \`model\`

    1 error
    "
  `);
});

test("an unknown key that resembles nothing lists what there is", async () => {
  expect(await read(GOOD.replace("name: digits", "name: digits\nowner: me"))).toMatchInlineSnapshot(`
    "recipe.yaml:3:1 error[unknown-key] the recipe has no key \`owner\`
      1 | recipe: 1
      2 | name: digits
      3 | owner: me
        | ^^^^^
      expected: one of \`recipe\`, \`name\`, \`description\`, \`model\`, \`data\`, \`try\`, \`accept\`, \`measure\`, \`targets\`

    1 error
    "
  `);
});

test("a wrong type says what stands there and what belongs there", async () => {
  expect(await read(`${HEAD}${MODEL}data:\n  script: [a.py]\n  validation: "150"\n${TARGETS}`)).toMatchInlineSnapshot(`
    "recipe.yaml:7:11 error[wrong-type] \`data.script\` is a list
      5 |   sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
      6 | data:
      7 |   script: [a.py]
        |           ^^^^^^
      expected: text

    recipe.yaml:8:15 error[wrong-type] \`data.validation\` is the text \`150\`
      6 | data:
      7 |   script: [a.py]
      8 |   validation: "150"
        |               ^^^^^
      expected: a number
      hint: leave the quotes out

    2 errors
    "
  `);
});

test("bare numbers where a unit matters", async () => {
  const accept = "accept:\n  latency: { p99: 60 }\n  metric: { script: recipe.yaml, keep: 99.5 }\nmeasure: { margin: 3 }\n";
  expect(await read(GOOD + accept)).toMatchInlineSnapshot(`
    "recipe.yaml:11:19 error[missing-unit] \`60\` has no unit
       9 |   cpu-x64: { toolchains: [anvil] }
      10 | accept:
      11 |   latency: { p99: 60 }
         |                   ^^
      expected: a length of time above zero with its unit: \`60 ms\`, \`1.5 s\`, \`20 min\`
      hint: write \`60 ms\`

    recipe.yaml:12:40 error[missing-unit] \`99.5\` has no unit
      10 | accept:
      11 |   latency: { p99: 60 }
      12 |   metric: { script: recipe.yaml, keep: 99.5 }
         |                                        ^^^^
      expected: what the metric must keep: \`99.5 % of reference\` (a share of the reference's score) or \`0.5 pp\` (points below it)
      hint: write \`99.5 % of reference\`

    recipe.yaml:13:20 error[missing-unit] \`3\` has no unit
      11 |   latency: { p99: 60 }
      12 |   metric: { script: recipe.yaml, keep: 99.5 }
      13 | measure: { margin: 3 }
         |                    ^
      expected: a percentage, such as \`3 %\`
      hint: write \`3 %\`

    3 errors
    "
  `);
});

test("wrong units", async () => {
  const accept = "accept:\n  latency: { p50: 3 msec, p99: 60 furlongs }\n  metric: { script: recipe.yaml, keep: 99.5 % }\n";
  expect(await read(GOOD + accept)).toMatchInlineSnapshot(`
    "recipe.yaml:11:19 error[wrong-unit] \`msec\` in \`3 msec\` is not a unit that fits here
       9 |   cpu-x64: { toolchains: [anvil] }
      10 | accept:
      11 |   latency: { p50: 3 msec, p99: 60 furlongs }
         |                   ^^^^^^
      expected: a length of time above zero with its unit: \`60 ms\`, \`1.5 s\`, \`20 min\`
      hint: write \`ms\`

    recipe.yaml:11:32 error[wrong-unit] \`furlongs\` in \`60 furlongs\` is not a unit that fits here
       9 |   cpu-x64: { toolchains: [anvil] }
      10 | accept:
      11 |   latency: { p50: 3 msec, p99: 60 furlongs }
         |                                ^^^^^^^^^^^
      expected: a length of time above zero with its unit: \`60 ms\`, \`1.5 s\`, \`20 min\`

    recipe.yaml:12:40 error[wrong-unit] \`99.5 %\` does not say what it is a percentage of
      10 | accept:
      11 |   latency: { p50: 3 msec, p99: 60 furlongs }
      12 |   metric: { script: recipe.yaml, keep: 99.5 % }
         |                                        ^^^^^^
      expected: what the metric must keep: \`99.5 % of reference\` (a share of the reference's score) or \`0.5 pp\` (points below it)
      hint: write \`99.5 % of reference\`, or points below it as \`0.5 pp\`

    3 errors
    "
  `);
});

test("unknown targets and toolchains, with what there is", async () => {
  const targets = "targets:\n  cpu-x46: { toolchains: [anvil] }\n  gpu: { toolchains: [anvli, forge: {}] }\n";
  expect(await read(HEAD + MODEL + DATA + targets)).toMatchInlineSnapshot(`
    "recipe.yaml:9:3 error[unknown-target] there is no target \`cpu-x46\`
      7 |   random: { inputs: { x: { normal: [0, 1] } } }
      8 | targets:
      9 |   cpu-x46: { toolchains: [anvil] }
        |   ^^^^^^^
      expected: one of \`cpu-arm64\`, \`cpu-arm64-cortex-a76\`, \`cpu-arm64-neoverse-n1\`, \`cpu-x64\`, \`cpu-x64-native\`, \`cpu-x64-v2\`, \`cpu-x64-v3\`, \`cpu-x64-v4\`
      hint: did you mean \`cpu-x64\`?

    recipe.yaml:10:3 error[unknown-target] there is no target \`gpu\`
       8 | targets:
       9 |   cpu-x46: { toolchains: [anvil] }
      10 |   gpu: { toolchains: [anvli, forge: {}] }
         |   ^^^
      expected: one of \`cpu-arm64\`, \`cpu-arm64-cortex-a76\`, \`cpu-arm64-neoverse-n1\`, \`cpu-x64\`, \`cpu-x64-native\`, \`cpu-x64-v2\`, \`cpu-x64-v3\`, \`cpu-x64-v4\`
      hint: describe it in targets/gpu.yaml beside the recipe

    recipe.yaml:10:23 error[unknown-toolchain] there is no toolchain \`anvli\`
       8 | targets:
       9 |   cpu-x46: { toolchains: [anvil] }
      10 |   gpu: { toolchains: [anvli, forge: {}] }
         |                       ^^^^^
      expected: one of \`anvil\`, \`bellows\`
      hint: did you mean \`anvil\`?

    recipe.yaml:10:30 error[unknown-toolchain] there is no toolchain \`forge\`
       8 | targets:
       9 |   cpu-x46: { toolchains: [anvil] }
      10 |   gpu: { toolchains: [anvli, forge: {}] }
         |                              ^^^^^
      expected: one of \`anvil\`, \`bellows\`
      hint: \`fettle toolchains\` lists what is installed; others come as plug-ins

    4 errors
    "
  `);
});

test("toolchain options are checked by the toolchain and shown at their place", async () => {
  const targets =
    "targets:\n  cpu-x64:\n    toolchains:\n      - anvil: { level: hihg, blobb: true }\n      - bellows:\n          blob: 3\n";
  expect(await read(HEAD + MODEL + DATA + targets)).toMatchInlineSnapshot(`
    "recipe.yaml:11:25 error[toolchain-option] \`level\` cannot be \`hihg\`
       9 |   cpu-x64:
      10 |     toolchains:
      11 |       - anvil: { level: hihg, blobb: true }
         |                         ^^^^
      expected: one of \`low\`, \`high\`
      hint: did you mean \`high\`?

    recipe.yaml:11:31 error[toolchain-option] \`anvil\` has no key \`blobb\`
       9 |   cpu-x64:
      10 |     toolchains:
      11 |       - anvil: { level: hihg, blobb: true }
         |                               ^^^^^
      expected: one of \`level\`, \`blob\`
      hint: did you mean \`blob\`?

    recipe.yaml:13:17 error[toolchain-option] \`blob\` is \`3\`
      11 |       - anvil: { level: hihg, blobb: true }
      12 |       - bellows:
      13 |           blob: 3
         |                 ^
      expected: \`true\` or \`false\`

    3 errors
    "
  `);
});

test("a toolchain entry with two names was meant to be indented", async () => {
  const targets = "targets:\n  cpu-x64:\n    toolchains:\n      - anvil:\n        level: high\n";
  expect(await read(HEAD + MODEL + DATA + targets)).toMatchInlineSnapshot(`
    "recipe.yaml:11:9 error[invalid-value] this entry names 2 things
       9 |   cpu-x64:
      10 |     toolchains:
      11 |       - anvil:
         |         ^^^^^
      expected: a name, or one name with its options: \`openvino: { ... }\`
      hint: indent the options below the name, or start a new \`-\` for the next toolchain

    1 error
    "
  `);
});

test("a duplicate key shows both places and counts the first", async () => {
  expect(await read(`${GOOD}name: other\n`)).toMatchInlineSnapshot(`
    "recipe.yaml:10:1 error[duplicate-key] the key \`name\` is given twice
       8 | targets:
       9 |   cpu-x64: { toolchains: [anvil] }
      10 | name: other
         | ^^^^
      hint: keep one of the two
      recipe.yaml:2:1 first given here
      1 | recipe: 1
      2 | name: digits
        | ^^^^

    1 error
    "
  `);
});

test("YAML syntax", async () => {
  expect(await read("recipe: 1\nmodel: { from: { path: a }\n\tname: x\n")).toMatchInlineSnapshot(`
    "recipe.yaml:3:2 error[yaml-syntax] a map before this is not closed with \`}\`
      1 | recipe: 1
      2 | model: { from: { path: a }
      3 |  name: x
        |  ^

    1 error
    "
  `);
});

test("tags and unresolved aliases", async () => {
  expect(await read("recipe: !number 1\n")).toMatchInlineSnapshot(`
    "recipe.yaml:1:9 error[yaml-syntax] tags are not used here
      1 | recipe: !number 1
        |         ^^^^^^^

    1 error
    "
  `);
  expect(await read("recipe: 1\nname: *nothing\n")).toMatchInlineSnapshot(`
    "recipe.yaml:2:7 error[yaml-syntax] the alias \`*nothing\` has no anchor before it
      1 | recipe: 1
      2 | name: *nothing
        |       ^^^^^^^^

    1 error
    "
  `);
});

test("an alias bomb is refused before anything expands it", async () => {
  const lines = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (const [from, to] of ["ab", "bc", "cd", "de", "ef", "fg", "gh", "hi"].map((pair) => [...pair] as [string, string])) {
    lines.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(", ")}]`);
  }
  expect(await read(`${lines.join("\n")}\n`)).toMatchInlineSnapshot(`
    "recipe.yaml:5:8 error[yaml-alias-limit] aliases expand to more than 10000 values here
      3 | c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
      4 | d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
      5 | e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]
        |        ^^

    1 error
    "
  `);
  expect(await read("a: &a [*a]\n")).toMatchInlineSnapshot(`
    "recipe.yaml:1:8 error[yaml-alias-limit] aliases expand to more than 10000 values here
      1 | a: &a [*a]
        |        ^^

    1 error
    "
  `);
});

test("aliases in moderation are fine, and faults behind one point at where it is used", async () => {
  const text = `${HEAD}${MODEL}${DATA}targets:\n  cpu-x64: &all { toolchains: [anvil] }\n  cpu-arm64: *all\n`;
  expect(await read(text)).toBe("no errors\n");
  expect(await read(text.replace("[anvil]", "[anvl]"))).toMatchInlineSnapshot(`
    "recipe.yaml:9:32 error[unknown-toolchain] there is no toolchain \`anvl\`
      7 |   random: { inputs: { x: { normal: [0, 1] } } }
      8 | targets:
      9 |   cpu-x64: &all { toolchains: [anvl] }
        |                                ^^^^
      expected: one of \`anvil\`, \`bellows\`
      hint: did you mean \`anvil\`?

    1 error
    "
  `);
});

test("an empty file and one that is no map", async () => {
  expect(await read("")).toMatchInlineSnapshot(`
    "recipe.yaml:1:1 error[wrong-type] the recipe is empty
      1 |
        | ^
      expected: a map

    1 error
    "
  `);
  expect(await read("- a\n")).toMatchInlineSnapshot(`
    "recipe.yaml:1:3 error[wrong-type] the recipe is a list
      1 | - a
        |   ^
      expected: a map

    1 error
    "
  `);
});

test("nesting without end", async () => {
  expect(await read(`recipe: ${"[".repeat(50_000)}\n`)).toMatchInlineSnapshot(`
    "recipe.yaml:1:1017 error[yaml-syntax] maps and lists are nested too deeply
      1 | [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
        |                                                                                 ^

    1 error
    "
  `);
});

test("where the model comes from: none, two, a package without its file, no exact version", async () => {
  const with_ = (from: string) => read(`${HEAD}model: { from: { ${from} }, sha256: ${HASH} }\n${DATA}${TARGETS}`);
  expect(await with_("file: a.onnx")).toMatchInlineSnapshot(`
    "recipe.yaml:3:16 error[missing-key] nothing says where the model comes from
      1 | recipe: 1
      2 | name: digits
      3 | model: { from: { file: a.onnx }, sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef }
        |                ^^^^^^^^^^^^^^^^
      expected: exactly one of \`path\`, \`pypi\`, \`npm\`, \`url\`

    1 error
    "
  `);
  expect(await with_("pypi: models==1.0, url: 'https://x.test/a.onnx'")).toMatchInlineSnapshot(`
    "recipe.yaml:3:42 error[invalid-value] \`pypi\`, \`url\` say 2 times where the model comes from
      1 | recipe: 1
      2 | name: digits
      3 | model: { from: { pypi: models==1.0, url: 'https://x.test/a.onnx' }, sha256: 0123456789abcdef0123456789abcdef0123456789ab
        |                                          ^^^^^^^^^^^^^^^^^^^^^^^
      expected: exactly one of \`path\`, \`pypi\`, \`npm\`, \`url\`

    1 error
    "
  `);
  expect(await with_("pypi: models==1.0")).toMatchInlineSnapshot(`
    "recipe.yaml:3:16 error[missing-key] the package's file is not named
      1 | recipe: 1
      2 | name: digits
      3 | model: { from: { pypi: models==1.0 }, sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef }
        |                ^^^^^^^^^^^^^^^^^^^^^
      expected: the key \`file\`: the model's path inside the package

    1 error
    "
  `);
  expect(await with_("npm: '@a/b@^1.0.0', file: ../a.onnx")).toMatchInlineSnapshot(`
    "recipe.yaml:3:23 error[invalid-value] \`@a/b@^1.0.0\` does not name one version of one package
      1 | recipe: 1
      2 | name: digits
      3 | model: { from: { npm: '@a/b@^1.0.0', file: ../a.onnx }, sha256: 0123456789abcdef0123456789abcdef0123456789abcdef01234567
        |                       ^^^^^^^^^^^^^
      expected: \`name@version\` with an exact version, so that every build gets the same bytes

    recipe.yaml:3:44 error[path-escapes] \`../a.onnx\` leads out of the package
      1 | recipe: 1
      2 | name: digits
      3 | model: { from: { npm: '@a/b@^1.0.0', file: ../a.onnx }, sha256: 0123456789abcdef0123456789abcdef0123456789abcdef01234567
        |                                            ^^^^^^^^^
      expected: a path inside the package, with forward slashes and without \`..\`

    2 errors
    "
  `);
  expect(await with_("url: 'ftp://x.test/a.onnx'")).toMatchInlineSnapshot(`
    "recipe.yaml:3:23 error[invalid-value] \`ftp:\` addresses are not fetched
      1 | recipe: 1
      2 | name: digits
      3 | model: { from: { url: 'ftp://x.test/a.onnx' }, sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
        |                       ^^^^^^^^^^^^^^^^^^^^^
      expected: an https or http address

    1 error
    "
  `);
});

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
