import type { Diagnostic } from "../domain/diagnostic.ts";
import type { Recipe } from "../domain/recipe.ts";
import type { RecipeContents } from "../domain/recipe-contents.ts";
import type { YamlDocument } from "./document/yaml-document.ts";

/** A checked recipe with the digests of what it reads from the disk. */
export interface LoadedRecipe {
  readonly recipe: Recipe;
  readonly contents: RecipeContents;
  readonly warnings: readonly Diagnostic[];
  /** The text it came from, so that what is found later (a packaged model that does not fit) points at its line too. */
  readonly document: YamlDocument;
}
