import { appendFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Diagnostic } from "../../../src/domain/diagnostic.ts";
import type { Result } from "../../../src/domain/result.ts";
import type { LoadedRecipe } from "../../../src/recipe/loaded-recipe.ts";
import { tinyModel } from "../../rig/onnx-models.ts";
import { HOST, recipeFolder, sha256, toyToolchain } from "../../rig/recipe-folder.ts";

const MODEL = tinyModel({ inputs: [{ name: "x", shape: ["batch", 4] }] });
const TEXT = `recipe: 1
name: digits
description: Reads digits.
model:
  from: { path: models/m.onnx }
  sha256: ${sha256(MODEL).toUpperCase()}
  shapes: { x: [1, 4] }
data:
  script: tools/lines.py
  requirements: tools/requirements.lock
  calibration: 7
  seed: 5
try: { precision: [float32, int8] }
accept:
  outputs: { atol: 0.25, rtol: 1e-3, cosine: 0.9 }
  metric: { script: metric.py, keep: 0.5 pp }
  latency: { p90: 1.5 s }
measure: { threads: 2, margin: 5 % }
targets:
  cpu-x64-native: { toolchains: [anvil: { level: high }, bellows] }
  cpu-arm64: { toolchains: [anvil], require: compiled }
`;
const FILES = {
  "models/m.onnx": MODEL,
  "tools/lines.py": "import words\n",
  "tools/words.py": "",
  "tools/requirements.lock": "pillow==1 --hash=sha256:00\n",
  "metric.py": "",
};

function loaded(result: Result<LoadedRecipe, readonly Diagnostic[]>): LoadedRecipe {
  if (!result.ok) throw new Error(result.error.map(({ message }) => message).join("\n"));
  return result.value;
}

test("a recipe becomes domain values: absolute paths, quantities, options with defaults", async () => {
  const folder = await recipeFolder(FILES);
  const { recipe } = loaded(await folder.load(TEXT));
  expect(recipe).toEqual({
    name: "digits",
    description: "Reads digits.",
    file: join(folder.path, "recipe.yaml"),
    model: { source: { kind: "path", path: join(folder.path, "models/m.onnx") }, sha256: sha256(MODEL), shapes: { x: [1, 4] }, bind: {} },
    data: {
      source: { kind: "script", script: join(folder.path, "tools/lines.py"), requirements: join(folder.path, "tools/requirements.lock") },
      calibration: 7,
      validation: 64,
      seed: 5,
    },
    precisions: ["float32", "int8"],
    accept: {
      outputs: { atol: 0.25, rtol: 0.001, mismatch: 0, relativeL2: null, cosine: 0.9 },
      metric: {
        script: join(folder.path, "metric.py"),
        requirements: null,
        keep: { kind: "points-below-reference", points: 0.5, text: "0.5 pp" },
      },
      latency: { p90: { nanoseconds: 1.5e9, text: "1.5 s" } },
    },
    measure: { threads: 2, margin: 0.05 },
    targets: [
      {
        name: "cpu-x64-native",
        toolchains: [
          { name: "anvil", options: { level: "high", blob: false } },
          { name: "bellows", options: { level: "low", blob: false } },
        ],
        require: "measured",
      },
      { name: "cpu-arm64", toolchains: [{ name: "anvil", options: { level: "low", blob: false } }], require: "compiled" },
    ],
  });
});

test("what may be left out has defaults", async () => {
  const folder = await recipeFolder();
  const text = `recipe: 1
name: short
model: { from: { npm: "@a/b@1.2.3-rc.1", file: dist/m.onnx }, sha256: ${"ab".repeat(32)} }
data: { random: { inputs: { x: { integers: [0, 9] }, z: { uniform: [-1, 1] } } } }
targets: { cpu-x64: { toolchains: [anvil] } }
`;
  const { recipe, contents } = loaded(await folder.load(text));
  expect(recipe.model.source).toEqual({ kind: "npm", name: "@a/b", version: "1.2.3-rc.1", file: "dist/m.onnx" });
  expect(recipe.data).toEqual({
    source: { kind: "random", inputs: { x: { kind: "integers", low: 0, high: 9 }, z: { kind: "uniform", low: -1, high: 1 } } },
    calibration: 32,
    validation: 64,
    seed: 0,
  });
  expect(recipe.precisions).toEqual(["float32"]);
  expect(recipe.accept).toEqual({ outputs: "auto", metric: null, latency: {} });
  expect(recipe.measure).toEqual({ threads: 1, margin: 0.03 });
  expect(contents).toEqual({ model: [], dataScript: null, dataFiles: null, metricScript: null });
});

test("contents hold the digest of everything that steps read", async () => {
  const folder = await recipeFolder(FILES);
  const { contents } = loaded(await folder.load(TEXT));
  expect(contents.model).toEqual([{ path: join(folder.path, "models/m.onnx"), at: "m.onnx", digest: `sha256:${sha256(MODEL)}` }]);
  expect(contents.dataScript?.script).toBe("lines.py");
  expect(contents.dataScript?.files.map(({ at, digest }) => [at, digest])).toEqual([
    ["lines.py", `sha256:${sha256("import words\n")}`],
    ["words.py", `sha256:${sha256("")}`],
  ]);
  expect(contents.metricScript?.files.map(({ at }) => at)).toEqual(["metric.py"]);
});

test("a script sees its siblings and packages of known kinds, and a change in any of them shows", async () => {
  const folder = await recipeFolder({
    ...FILES,
    "tools/labels.json": "[]",
    "tools/pack/__init__.py": "",
    "tools/pack/deep/data.npz": "1",
    "tools/pack/deep/__init__.py": "",
    "tools/plain/unseen.py": "",
    "tools/notes.md": "",
    "tools/.hidden.py": "",
    "tools/__pycache__/words.pyc": "",
  });
  const files = async () => loaded(await folder.load(TEXT)).contents.dataScript?.files ?? [];
  const before = await files();
  expect(before.map(({ at }) => at)).toEqual([
    "labels.json",
    "lines.py",
    "pack/__init__.py",
    "pack/deep/__init__.py",
    "pack/deep/data.npz",
    "words.py",
  ]);
  await appendFile(join(folder.path, "tools/pack/deep/data.npz"), "2");
  await writeFile(join(folder.path, "tools/notes.md"), "more");
  const after = await files();
  const changed = after.filter(({ digest }, index) => digest !== before[index]?.digest).map(({ at }) => at);
  expect(changed).toEqual(["pack/deep/data.npz"]);
});

test("data files: globs expanded, sorted, each once, at places that cannot collide", async () => {
  const folder = await recipeFolder({ ...FILES, "a/1.npz": "a1", "b/1.npz": "b1", "b/2.npz": "b2", "one.npy": "one" });
  const data = "data:\n  files:\n    calibration: one.npy\n    validation: ['b/*.npz', 'a/1.npz', 'b/2.npz']\n";
  const text = TEXT.replace(/data:\n( {2}.*\n)+/, data);
  const { recipe, contents } = loaded(await folder.load(text));
  expect(contents.dataFiles?.validation).toEqual([
    { path: join(folder.path, "a/1.npz"), at: "validation/00000-1.npz", digest: `sha256:${sha256("a1")}` },
    { path: join(folder.path, "b/1.npz"), at: "validation/00001-1.npz", digest: `sha256:${sha256("b1")}` },
    { path: join(folder.path, "b/2.npz"), at: "validation/00002-2.npz", digest: `sha256:${sha256("b2")}` },
  ]);
  expect(recipe.data).toMatchObject({ calibration: null, validation: null, source: { calibration: [join(folder.path, "one.npy")] } });
});

test("files that are not there, with the nearest name; globs without a match; files of another kind", async () => {
  const folder = await recipeFolder({ ...FILES, "data/train.npz": "", "data/notes.txt": "" });
  const script = TEXT.replace("tools/lines.py", "tools/line.py")
    .replace("requirements.lock", "requirement.lock")
    .replace("metric.py", "tools");
  expect(await folder.check(script)).toMatchInlineSnapshot(`
    "recipe.yaml:9:11 error[file-not-found] there is no file tools/line.py
      7 |   shapes: { x: [1, 4] }
      8 | data:
      9 |   script: tools/line.py
        |           ^^^^^^^^^^^^^
      hint: did you mean \`tools/lines.py\`?

    recipe.yaml:10:17 error[file-not-found] there is no file tools/requirement.lock
       8 | data:
       9 |   script: tools/line.py
      10 |   requirements: tools/requirement.lock
         |                 ^^^^^^^^^^^^^^^^^^^^^^
      hint: did you mean \`tools/requirements.lock\`?

    recipe.yaml:16:21 error[file-not-found] tools is a folder, not a file
      14 | accept:
      15 |   outputs: { atol: 0.25, rtol: 1e-3, cosine: 0.9 }
      16 |   metric: { script: tools, keep: 0.5 pp }
         |                     ^^^^^

    3 errors
    "
  `);
  const files = (validation: string) =>
    TEXT.replace(/data:\n( {2}.*\n)+/, `data: { files: { calibration: data/train.npz, validation: ${validation} } }\n`);
  expect(await folder.check(files("data/trian.npz"))).toMatchInlineSnapshot(`
    "recipe.yaml:8:59 error[file-not-found] there is no file data/trian.npz
      6 |   sha256: 0E2D89344AA7AC708C45BF3CE3BDF8EC4B3BDA305C8FFF71672FACD369E91F73
      7 |   shapes: { x: [1, 4] }
      8 | data: { files: { calibration: data/train.npz, validation: data/trian.npz } }
        |                                                           ^^^^^^^^^^^^^^
      hint: did you mean \`data/train.npz\`?

    1 error
    "
  `);
  expect(await folder.check(files("'data/*.npy'"))).toMatchInlineSnapshot(`
    "recipe.yaml:8:59 error[data-empty] no file matches data/*.npy
      6 |   sha256: 0E2D89344AA7AC708C45BF3CE3BDF8EC4B3BDA305C8FFF71672FACD369E91F73
      7 |   shapes: { x: [1, 4] }
      8 | data: { files: { calibration: data/train.npz, validation: 'data/*.npy' } }
        |                                                           ^^^^^^^^^^^^
      hint: globs are relative to the recipe's folder, <folder>

    1 error
    "
  `);
  expect(await folder.check(files("['data/*']"))).toMatchInlineSnapshot(`
    "recipe.yaml:8:60 error[invalid-value] <folder>/data/notes.txt is no .npz or .npy file
      6 |   sha256: 0E2D89344AA7AC708C45BF3CE3BDF8EC4B3BDA305C8FFF71672FACD369E91F73
      7 |   shapes: { x: [1, 4] }
      8 | data: { files: { calibration: data/train.npz, validation: ['data/*'] } }
        |                                                            ^^^^^^^^
      expected: files that numpy.savez or numpy.save wrote

    1 error
    "
  `);
});

test("int8 with files but none to calibrate with", async () => {
  const folder = await recipeFolder({ ...FILES, "v.npz": "" });
  expect(await folder.check(TEXT.replace(/data:\n( {2}.*\n)+/, "data: { files: { validation: v.npz } }\n"))).toMatchInlineSnapshot(`
    "recipe.yaml:8:16 error[data-empty] int8 needs samples to calibrate with, and there are none
      6 |   sha256: 0E2D89344AA7AC708C45BF3CE3BDF8EC4B3BDA305C8FFF71672FACD369E91F73
      7 |   shapes: { x: [1, 4] }
      8 | data: { files: { validation: v.npz } }
        |                ^^^^^^^^^^^^^^^^^^^^^
      hint: add \`calibration:\` with the files to calibrate with

    1 error
    "
  `);
});

test("warnings come with the recipe: a proof this machine cannot give", async () => {
  const folder = await recipeFolder(FILES);
  const text = TEXT.replace(", require: compiled", "").replace("cpu-x64-native", "cpu-x64-v4");
  expect(await folder.check(text, { host: HOST })).toMatchInlineSnapshot(`
    "recipe.yaml:20:3 warning[proof-unreachable] \`cpu-x64-v4\` must be measured, but nothing made for it can run on this machine: its CPU lacks abm, avx512bw, avx512cd, avx512dq and 22 more
      18 | measure: { threads: 2, margin: 5 % }
      19 | targets:
      20 |   cpu-x64-v4: { toolchains: [anvil: { level: high }, bellows] }
         |   ^^^^^^^^^^
      hint: \`require: compiled\` asks for no more than this machine can prove

    recipe.yaml:21:3 warning[proof-unreachable] \`cpu-arm64\` must be measured, but nothing made for it can run on this machine: it is x86-64, the target aarch64
      19 | targets:
      20 |   cpu-x64-v4: { toolchains: [anvil: { level: high }, bellows] }
      21 |   cpu-arm64: { toolchains: [anvil] }
         |   ^^^^^^^^^
      hint: \`require: compiled\` asks for no more than this machine can prove

    2 warnings
    "
  `);
  const refusing = [toyToolchain("anvil"), toyToolchain("bellows", { canRun: () => ({ yes: false, why: "no runtime here" }) })];
  const only = TEXT.replace("[anvil: { level: high }, bellows]", "[bellows]");
  expect(await folder.check(only, { host: HOST, toolchains: refusing })).toMatchInlineSnapshot(`
    "recipe.yaml:20:3 warning[proof-unreachable] \`cpu-x64-native\` must be measured, but nothing made for it can run on this machine: bellows: no runtime here
      18 | measure: { threads: 2, margin: 5 % }
      19 | targets:
      20 |   cpu-x64-native: { toolchains: [bellows] }
         |   ^^^^^^^^^^^^^^
      hint: \`require: compiled\` asks for no more than this machine can prove

    1 warning
    "
  `);
});

test("a recipe that cannot be read", async () => {
  const folder = await recipeFolder({ "models/m.onnx": MODEL });
  const { loadRecipe } = await import("../../../src/recipe/load-recipe.ts");
  const codes = async (file: string) => {
    const result = await loadRecipe(file, { toolchains: [], targets: new Map(), cwd: folder.path });
    return result.ok ? [] : result.error.map(({ code, message }) => [code, message]);
  };
  expect(await codes("nope.yaml")).toEqual([["recipe-not-found", "there is no file nope.yaml"]]);
  expect(await codes("models")).toEqual([["recipe-unreadable", "models is a folder, not a file"]]);
  await folder.write("latin.yaml", Uint8Array.of(0x6e, 0x3a, 0xe9));
  expect(await codes("latin.yaml")).toEqual([["recipe-unreadable", "latin.yaml is not UTF-8 text"]]);
  await folder.write("huge.yaml", "#".repeat(2 ** 20 + 1));
  expect(await codes("huge.yaml")).toEqual([["recipe-unreadable", "huge.yaml is larger than 1 MiB, too large to be a recipe"]]);
  await symlink("loop.yaml", join(folder.path, "loop.yaml"));
  expect((await codes("loop.yaml"))[0]?.[0]).toBe("recipe-unreadable");
});
