import type { Diagnostic } from "../domain/diagnostic.ts";
import type { Recipe } from "../domain/recipe.ts";
import type { RecipeContents } from "../domain/recipe-contents.ts";
import type { YamlDocument } from "./document/yaml-document.ts";

/** A checked recipe with the digests of what it reads from the disk. */
export interface LoadedRecipe {
  readonly recipe: Recipe;
  readonly contents: RecipeContents;
  /** What was read, with the place of each part. */
  readonly document: YamlDocument;
  readonly warnings: readonly Diagnostic[];
}
