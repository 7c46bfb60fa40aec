import { expect, test } from "vitest";
import { DATA, GOOD, HASH, HEAD, MODEL, read, TARGETS } from "../../rig/recipe-texts.ts";

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
      expected: one of \`recipe\`, \`name\`, \`description\`, \`model\`, \`data\`, \`try\`, \`accept\`, \`measure\`, \`targets\`, \`images\`
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
      expected: one of \`recipe\`, \`name\`, \`description\`, \`model\`, \`data\`, \`try\`, \`accept\`, \`measure\`, \`targets\`, \`images\`

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
      expected: a percentage from 0 to 100, such as \`3 %\`
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
      expected: one of those that \`fettle targets\` lists
      hint: did you mean \`cpu-x64\`?

    recipe.yaml:10:3 error[unknown-target] there is no target \`gpu\`
       8 | targets:
       9 |   cpu-x46: { toolchains: [anvil] }
      10 |   gpu: { toolchains: [anvli, forge: {}] }
         |   ^^^
      expected: one of those that \`fettle targets\` lists
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

test("what is wrong with a map or list is told whatever is wrong with what is in it; a misspelt key is one fault", async () => {
  const faults = async (recipe: string) => (await read(recipe)).split("\n").filter((line) => line.startsWith("recipe.yaml:"));
  const from = (text: string) => faults(`${HEAD}model: { from: { ${text} }, sha256: ${HASH} }\n${DATA}${TARGETS}`);
  const both = "error[invalid-value] `pypi` and `url` both say where the model comes from";
  expect(await from("pypi: models, file: ../m.onnx, url: 'ftp://x.test/a.onnx'")).toEqual([
    expect.stringContaining("`models` does not name one version"),
    expect.stringContaining("`../m.onnx` leads out"),
    expect.stringContaining("`ftp:` addresses are not fetched"),
    expect.stringContaining(both),
  ]);
  expect(await from("pypi: models")).toEqual([
    expect.stringContaining("the package's file is not named"),
    expect.stringContaining("`models` does not name one version"),
  ]);
  expect(await from("pipy: models==1.0, file: m.onnx")).toEqual([expect.stringContaining("has no key `pipy`")]);
  expect(await from("pypi: models==1.0, flie: m.onnx")).toEqual([expect.stringContaining("has no key `flie`")]);
  for (const other of ["[a.onnx]", "a.onnx", "7"]) {
    const recipe = `${HEAD}model: { from: ${other}, sha256: ${HASH} }\n${DATA}${TARGETS}`;
    expect(await faults(recipe)).toEqual([expect.stringContaining("`model.from`")]);
  }
  const mapped = await faults(`${HEAD}${MODEL}${DATA}try: { precision: { float32: 1 } }\n${TARGETS}`);
  expect(mapped).toEqual([expect.stringContaining("`try.precision`")]);
  const tried = `try: { precision: [float32, flaot16, float32, flaot16] }\n`;
  expect(await faults(HEAD + MODEL + DATA + tried + TARGETS)).toEqual([
    expect.stringContaining("`flaot16`"),
    expect.stringContaining("`float32` is listed twice"),
    expect.stringContaining("`flaot16`"),
  ]);
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
    "recipe.yaml:3:42 error[invalid-value] \`pypi\` and \`url\` both say where the model comes from
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

test("a margin below zero is told with its place and what is expected", async () => {
  expect(await read(`${GOOD}measure: { margin: -3 % }\n`)).toMatchInlineSnapshot(`
    "recipe.yaml:10:20 error[invalid-value] \`-3 %\` is not between 0 and 100
       8 | targets:
       9 |   cpu-x64: { toolchains: [anvil] }
      10 | measure: { margin: -3 % }
         |                    ^^^^
      expected: a percentage from 0 to 100, such as \`3 %\`

    1 error
    "
  `);
});
