import { expect, test } from "vitest";
import { precisionsOf } from "../../../src/domain/recipe.ts";
import type { LoadedRecipe } from "../../../src/recipe/loaded-recipe.ts";
import { loadTargets } from "../../../src/recipe/targets/load-targets.ts";
import { HOST, type RecipeFolder, recipeFolder, toyToolchain } from "../../rig/recipe-folder.ts";

/** A recipe of a required target and others. */
function recipe(others: string, tried = "{}"): string {
  return `recipe: 1
name: digits
model: { from: { pypi: models==1.0, file: m.onnx }, sha256: ${"ab".repeat(32)} }
data: { random: { inputs: { x: { normal: [0, 1] } } } }
try: ${tried}
targets:
  cpu-x64: { toolchains: [anvil] }
${others}
`;
}

async function loaded(folder: RecipeFolder, text: string): Promise<LoadedRecipe> {
  const result = await folder.load(text);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

test("what no installed package brings is warned of at its place, with the command that mends it, and does not refuse the recipe", async () => {
  const folder = await recipeFolder();
  const text = recipe("  phone-npu: { toolchains: [forge, anvil], require: compiled, optional: true }");
  expect(await folder.check(text)).toMatchInlineSnapshot(`
    "recipe.yaml:8:3 warning[unknown-target] no package installed here brings the target \`phone-npu\`: it is optional, and unavailable here
      6 | targets:
      7 |   cpu-x64: { toolchains: [anvil] }
      8 |   phone-npu: { toolchains: [forge, anvil], require: compiled, optional: true }
        |   ^^^^^^^^^
      hint: \`fettle plugins install PACKAGE\` adds one that does

    recipe.yaml:8:29 warning[unknown-toolchain] no package installed here brings the toolchain \`forge\`: its target is optional, and does without it here
      6 | targets:
      7 |   cpu-x64: { toolchains: [anvil] }
      8 |   phone-npu: { toolchains: [forge, anvil], require: compiled, optional: true }
        |                             ^^^^^
      hint: \`fettle plugins install PACKAGE\` adds one that does

    2 warnings
    "
  `);
  const { recipe: checked } = await loaded(folder, text);
  expect(checked.targets[0]).toEqual({ name: "cpu-x64", toolchains: [{ name: "anvil", options: expect.anything() }], require: "measured" });
  expect(checked.targets[1]).toMatchObject({
    optional: true,
    toolchains: [{ name: "anvil" }],
    absent: [
      { kind: "target", name: "phone-npu" },
      { kind: "toolchain", name: "forge" },
    ],
  });
});

test("a toolchain that is listed twice is missing once", async () => {
  const folder = await recipeFolder();
  const uses = "[forge: { heat: 1 }, forge: { heat: 2 }]";
  const { recipe: checked } = await loaded(folder, recipe(`  cpu-arm64: { toolchains: ${uses}, require: compiled, optional: true }`));
  expect(checked.targets[1]?.absent).toMatchObject([{ kind: "toolchain", name: "forge" }]);
});

test("a slip in an optional name is told with what it may have meant", async () => {
  const folder = await recipeFolder();
  const checked = await folder.check(recipe("  cpu-arm46: { toolchains: [anwil], require: compiled, optional: true }"));
  expect(checked).toContain("hint: did you mean `cpu-arm64`? If not, `fettle plugins install PACKAGE` adds one that does");
  expect(checked).toContain("hint: did you mean `anvil`? If not, `fettle plugins install PACKAGE` adds one that does");
  expect(checked).toContain("2 warnings");
});

test("without `optional` the same is an error, and other faults of an optional target stay errors", async () => {
  const folder = await recipeFolder();
  expect(await folder.check(recipe("  phone-npu: { toolchains: [forge] }"))).toContain("2 errors");
  const wrong = await folder.check(recipe("  cpu-arm64: { toolchains: [anvil: { level: middling }], require: compiled, optional: true }"));
  expect(wrong).toContain("error[toolchain-option]");
  const unserved = recipe("  cpu-arm64: { toolchains: [anvil], precision: [bfloat16], require: compiled, optional: true }");
  expect(await folder.check(unserved)).toContain("error[precision-unserved] nothing can be made for `cpu-arm64`");
});

test("a recipe of optional targets alone is refused: a build that makes nothing would succeed", async () => {
  const folder = await recipeFolder();
  const alone = recipe("").replace("[anvil] }", "[anvil], optional: true }");
  expect(await folder.check(alone)).toContain("every target is optional, so a build that makes nothing would succeed");
});

test("an optional target that stands for another machine's own CPU is unavailable, and a target file with a slip in it is not", async () => {
  const folder = await recipeFolder();
  const text = recipe("  own-arm: { toolchains: [anvil], require: compiled, optional: true }");
  const native = "target: 1\ntitle: Own\narchitecture: aarch64\ncpu: native\n";
  await folder.write("targets/own-arm.yaml", native);
  await folder.write("recipe.yaml", text);
  const read = () => loadTargets({ host: HOST, recipeFile: "recipe.yaml", cwd: folder.path });
  const here = await read();
  const checked = await folder.check(text, { targets: here.targets, targetFaults: here.faults });
  expect(checked).toContain("warning[target-invalid]");
  expect(checked).toContain("1 warning");
  await folder.write("targets/own-arm.yaml", native.replace("title", "titel"));
  const slip = await read();
  expect(await folder.check(text, { targets: slip.targets, targetFaults: slip.faults })).toContain("error[unknown-key]");
});

test("a target's own precisions take the place of the recipe's, and are checked where they stand", async () => {
  const folder = await recipeFolder();
  const text = recipe("  cpu-arm64: { toolchains: [bellows], precision: [int8, bfloat16], require: compiled }", "{ precision: [float32] }");
  const { recipe: checked } = await loaded(folder, text);
  expect(checked.targets.map((use) => precisionsOf(checked, use))).toEqual([["float32"], ["int8", "bfloat16"]]);
  const warned = await folder.check(text);
  expect(warned).toContain("recipe.yaml:8:");
  expect(warned).toContain("warning[precision-unserved] no toolchain of this recipe makes `bfloat16`");
  const uncalibrated = text.replace("[0, 1] } } }", "[0, 1] } } }, calibration: 0");
  expect(await folder.check(uncalibrated)).toContain("error[data-empty]");
});

test("a precision that a missing toolchain may make is no fault of the others", async () => {
  const folder = await recipeFolder();
  const text = recipe("  cpu-arm64: { toolchains: [anvil, forge], precision: [float16], require: compiled, optional: true }");
  expect(await folder.check(text)).toContain("1 warning\n");
  const toolchains = [toyToolchain("anvil"), toyToolchain("forge", { canCompile: () => ({ yes: true }) })];
  expect(await folder.check(text, { toolchains })).toBe("no errors\n");
});
