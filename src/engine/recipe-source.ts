import { digestJson } from "../domain/digest.ts";
import type { Json, JsonObject } from "../domain/json.ts";
import type { Recipe, RecipeTarget } from "../domain/recipe.ts";
import type { RecipeContents } from "../domain/recipe-contents.ts";
import type { RecipeSource } from "../domain/report.ts";
import type { InputFile } from "../domain/step-specs.ts";
import { shownPath } from "../recipe/document/read-source.ts";
import { digestFile } from "../system/digest-file.ts";
import { packageVersion } from "../system/package-root.ts";
import type { CheckedRecipe } from "./check-recipe.ts";
import { digestTargetFile } from "./lock/digest-target.ts";

/**
 * What stands for a checked recipe in reports: the same on every machine that has the same files, whatever their folder, and another one
 * when anything the recipe or its target files say changes, or anything the recipe reads. Comments, titles and runner labels are not in it, nor is what a plug-in's file says of an optional target.
 */
export async function recipeSource(checked: CheckedRecipe, cwd: string): Promise<RecipeSource> {
  const { recipe, contents, document, targetFiles } = checked;
  const targets = recipe.targets
    .filter((use) => isEverywhere(use, checked))
    .map(async ({ name }) => [name, await digestTargetFile(targetFiles.get(name) ?? name, cwd)] as const);
  const digest = digestJson({
    recipe: document.value as Json,
    targets: Object.fromEntries(await Promise.all(targets)),
    contents: contentDigests(contents),
    requirements: await Promise.all(requirementsOf(recipe).map(digestFile)),
  });
  return { file: shownPath(recipe.file, cwd), digest, fettle: packageVersion() };
}

/** A plug-in's file for an optional target is not on every machine; the artifact's own manifest says what the target was. */
function isEverywhere({ name, optional }: RecipeTarget, { targetFiles, pluginTargets }: CheckedRecipe): boolean {
  return targetFiles.has(name) && !(optional === true && pluginTargets.has(name));
}

function contentDigests({ model, dataScript, dataFiles, metricScript }: RecipeContents): JsonObject {
  return {
    model: digests(model),
    dataScript: digests(dataScript?.files ?? []),
    calibration: digests(dataFiles?.calibration ?? []),
    validation: digests(dataFiles?.validation ?? []),
    metricScript: digests(metricScript?.files ?? []),
  };
}

function digests(files: readonly InputFile[]): Json {
  return files.map(({ at, digest }) => ({ at, digest }));
}

/** Lists of packages that the recipe's scripts run with. */
function requirementsOf({ data, accept }: Recipe): string[] {
  const lists = [data.source.kind === "script" ? data.source.requirements : null, accept.metric?.requirements ?? null];
  return lists.filter((path) => path !== null);
}
