import type { Diagnostic } from "../domain/diagnostic.ts";
import type { Host } from "../domain/host.ts";
import type { Recipe } from "../domain/recipe.ts";
import type { RecipeContents } from "../domain/recipe-contents.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type { Target } from "../domain/target.ts";
import type { YamlDocument } from "../recipe/document/yaml-document.ts";
import { loadRecipe } from "../recipe/load-recipe.ts";
import { loadTargets } from "../recipe/targets/load-targets.ts";
import type { ToolchainRegistry } from "../toolchains/registry.ts";

export interface CheckRecipeOptions {
  /** Folder that relative paths and messages are relative to. */
  readonly cwd: string;
  readonly registry: ToolchainRegistry;
  readonly host: Host;
}

export interface CheckedRecipe {
  readonly recipe: Recipe;
  readonly contents: RecipeContents;
  /** The recipe's text, with the place of each part. */
  readonly document: YamlDocument;
  readonly targets: ReadonlyMap<string, Target>;
  /** Target name -> its file, relative to the working folder. */
  readonly targetFiles: ReadonlyMap<string, string>;
  /** Targets whose file a plug-in brings. */
  readonly pluginTargets: ReadonlySet<string>;
  readonly warnings: readonly Diagnostic[];
}

/** Loads a recipe with the targets and toolchains there are; the error holds every fault. */
export async function checkRecipe(
  file: string,
  { cwd, registry, host }: CheckRecipeOptions,
): Promise<Result<CheckedRecipe, readonly Diagnostic[]>> {
  const catalog = await loadTargets({ host, recipeFile: file, cwd, folders: registry.targetFolders.map(({ folder }) => folder) });
  const loaded = await loadRecipe(file, {
    cwd,
    host,
    toolchains: [...registry.toolchains.values()],
    targets: catalog.targets,
    targetFaults: catalog.faults,
  });
  if (!loaded.ok) return err([...loaded.error, ...pluginFaults(loaded.error, registry)]);
  const { recipe, contents, document, warnings } = loaded.value;
  return ok({
    ...{ recipe, contents, document, targets: catalog.targets, targetFiles: catalog.files, pluginTargets: catalog.ofPlugins },
    warnings: [...warnings, ...pluginFaults(warnings, registry)],
  });
}

/** A plug-in that did not load matters when a toolchain or a target is missing: it may be the one that brings it. */
function pluginFaults(diagnostics: readonly Diagnostic[], { faults }: ToolchainRegistry): Diagnostic[] {
  const missing = diagnostics.filter(({ code }) => code === "unknown-toolchain" || code === "unknown-target");
  const [first] = missing;
  if (first === undefined) return [];
  const severity = missing.some((each) => each.severity === "error") ? "error" : "warning";
  return faults.map(({ plugin, message }) => ({
    code: "plugin-failed",
    severity,
    message: `the plug-in ${plugin} could not be used: ${message}`,
    hint: `mend or remove the plug-in; it may be the one that brings the missing ${first.code === "unknown-target" ? "target" : "toolchain"}`,
  }));
}
