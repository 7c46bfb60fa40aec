import { dirname } from "node:path";
import { Flags } from "@oclif/core";
import { probeHost } from "../devices/probe-host.ts";
import type { Diagnostic } from "../domain/diagnostic.ts";
import { ok, type Result } from "../domain/result.ts";
import { checkRecipe } from "../engine/check-recipe.ts";
import { type ExecutionChoice, withImages } from "../engine/execution/execution-choice.ts";
import { loadProject } from "../recipe/project/load-project.ts";
import type { ToolchainRegistry } from "../toolchains/registry.ts";
import { executionOf, withProject } from "./execution-flags.ts";

/** The flag of commands that work on images without building a recipe. */
export const recipeFlag = Flags.string({
  description: "also take the makers' images that this recipe names, and the fettle.yaml beside it",
  helpValue: "FILE",
});

/**
 * Base, engine and makers' images as a build of the recipe would use them; without a recipe, those of the working folder's fettle.yaml. The
 * error holds every fault of the recipe or of the project file.
 */
export async function openChoice(
  recipe: string | undefined,
  registry: ToolchainRegistry,
): Promise<Result<ExecutionChoice, readonly Diagnostic[]>> {
  const cwd = process.cwd();
  const project = await loadProject(recipe === undefined ? "." : dirname(recipe), cwd);
  if (!project.ok) return project;
  const choice = withProject(executionOf({}), project.value);
  if (recipe === undefined) return ok(choice);
  const checked = await checkRecipe(recipe, { cwd, registry, host: await probeHost() });
  return checked.ok ? ok(withImages(choice, checked.value.recipe.images)) : checked;
}
