import { mkdir, symlink, truncate } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { recipeFor } from "../../rig/model-recipes.ts";
import { tinyModel } from "../../rig/onnx-models.ts";
import { type RecipeFolder, recipeFolder, sha256 } from "../../rig/recipe-folder.ts";

const external = (location: string, more: Readonly<Record<string, string>> = {}) =>
  tinyModel({ weights: [{ name: "w", shape: [4], external: { location, ...more } }] });

async function checkExternal(
  location: string,
  prepare: (folder: RecipeFolder) => Promise<unknown>,
  more?: Readonly<Record<string, string>>,
): Promise<string> {
  const bytes = external(location, more);
  const folder = await recipeFolder({ "models/m.onnx": bytes });
  await prepare(folder);
  const text = recipeFor(bytes).replace("path: m.onnx", "path: models/m.onnx");
  return (await folder.check(text))
    .split("\n")
    .filter((line) => /error\[|hint:|no errors/.test(line))
    .join("\n");
}

test("external data is followed, hashed and named as the model names it", async () => {
  const bytes = external("weights/w.bin", { offset: "16", length: "16" });
  const folder = await recipeFolder({ "m.onnx": bytes, "weights/w.bin": "0".repeat(32) });
  const result = await folder.load(recipeFor(bytes));
  expect(result.ok && result.value.contents.model.map(({ at, digest }) => [at, digest])).toEqual([
    ["m.onnx", `sha256:${sha256(bytes)}`],
    ["weights/w.bin", `sha256:${sha256("0".repeat(32))}`],
  ]);
});

test("external data outside the model's folder is refused, whatever way it is named", async () => {
  const outside = async (folder: RecipeFolder) => folder.write("secret.bin", "0".repeat(64));
  expect(await checkExternal("../secret.bin", outside)).toMatchInlineSnapshot(`
    "recipe.yaml:4:17 error[external-data-escapes] the model's external data "../secret.bin" leads out of the model's folder
      hint: save the model again with its weights in the same folder"
  `);
  expect(await checkExternal("/etc/hostname", outside)).toMatchInlineSnapshot(`
    "recipe.yaml:4:17 error[external-data-escapes] the model's external data "/etc/hostname" leads out of the model's folder
      hint: save the model again with its weights in the same folder"
  `);
  expect(await checkExternal("C:\\weights.bin", outside)).toMatchInlineSnapshot(`
    "recipe.yaml:4:17 error[external-data-escapes] the model's external data "C:\\\\weights.bin" leads out of the model's folder
      hint: save the model again with its weights in the same folder"
  `);
  expect(await checkExternal("sub/../../secret.bin", outside)).toMatchInlineSnapshot(`
    "recipe.yaml:4:17 error[external-data-escapes] the model's external data "sub/../../secret.bin" leads out of the model's folder
      hint: save the model again with its weights in the same folder"
  `);
  const linked = async (folder: RecipeFolder) => {
    await outside(folder);
    await symlink("../secret.bin", join(folder.path, "models/w.bin"));
  };
  expect(await checkExternal("w.bin", linked)).toMatchInlineSnapshot(`
    "recipe.yaml:4:17 error[external-data-escapes] the model's external data "w.bin" is a link out of the model's folder
      hint: save the model again with its weights in the same folder"
  `);
  const linkedFolder = async (folder: RecipeFolder) => {
    await folder.write("elsewhere/w.bin", "0".repeat(64));
    await symlink("../elsewhere", join(folder.path, "models/sub"));
  };
  expect(await checkExternal("sub/w.bin", linkedFolder)).toMatchInlineSnapshot(`
    "recipe.yaml:4:17 error[external-data-escapes] the model's external data "sub/w.bin" is a link out of the model's folder
      hint: save the model again with its weights in the same folder"
  `);
  const inside = async (folder: RecipeFolder) => {
    await folder.write("models/real.bin", "0".repeat(64));
    await symlink("real.bin", join(folder.path, "models/w.bin"));
  };
  expect(await checkExternal("w.bin", inside)).toBe("no errors");
});

test("external data that is missing, a folder, or too short for what the model reads from it", async () => {
  const nothing = async () => undefined;
  expect(await checkExternal("w.bin", nothing)).toMatchInlineSnapshot(`
    "recipe.yaml:4:17 error[external-data-missing] the model's external data w.bin is not there
      hint: put it beside the model, at <folder>/models/w.bin"
  `);
  expect(await checkExternal("sub", (folder) => mkdir(join(folder.path, "models/sub")))).toMatchInlineSnapshot(`
    "recipe.yaml:4:17 error[external-data-missing] the model's external data sub is not there
      hint: put it beside the model, at <folder>/models/sub"
  `);
  const bytes = (count: number) => async (folder: RecipeFolder) => folder.write("models/w.bin", "0".repeat(count));
  expect(await checkExternal("w.bin", bytes(16))).toBe("no errors");
  expect(await checkExternal("w.bin", bytes(15))).toMatchInlineSnapshot(`
    "recipe.yaml:4:17 error[external-data-size] the model's external data w.bin has 15 bytes, but the weight \`w\` needs bytes 0 to 16
      hint: the file is cut short or belongs to another model: fetch or export both again"
  `);
  expect(await checkExternal("w.bin", bytes(20), { offset: "8" })).toMatchInlineSnapshot(`
    "recipe.yaml:4:17 error[external-data-size] the model's external data w.bin has 20 bytes, but the weight \`w\` needs bytes 8 to 24
      hint: the file is cut short or belongs to another model: fetch or export both again"
  `);
  expect(await checkExternal("w.bin", bytes(64), { offset: "-8" })).toMatchInlineSnapshot(`
    "recipe.yaml:4:17 error[external-data-size] the model names a place in w.bin for the weight \`w\` that cannot be: offset -8, 16 bytes
      hint: export the model again"
  `);
  expect(await checkExternal("w.bin", bytes(64), { offset: "zero" })).toMatchInlineSnapshot(`
    "recipe.yaml:4:17 error[external-data-size] the model names a place in w.bin for the weight \`w\` that cannot be: offset NaN, 16 bytes
      hint: export the model again"
  `);
  // Only its end is read from: the size of the file counts, not how much of it is named.
  const large = async (folder: RecipeFolder) => truncate(await folder.write("models/w.bin", ""), 3 * 2 ** 20);
  expect(await checkExternal("w.bin", large, { offset: String(3 * 2 ** 20 - 16), length: "16" })).toBe("no errors");
});
