import { dirname, resolve } from "node:path";
import type { Diagnostic } from "../domain/diagnostic.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { checkData } from "./checks/check-data.ts";
import { checkImages } from "./checks/check-images.ts";
import { checkStructure } from "./checks/check-structure.ts";
import { checkTargets, type Surroundings } from "./checks/check-targets.ts";
import { parseDocument } from "./document/parse-document.ts";
import { readSource } from "./document/read-source.ts";
import { gatherContents } from "./gather-contents.ts";
import type { LoadedRecipe } from "./loaded-recipe.ts";
import { recipeSchema } from "./schema/recipe-schema.ts";
import { toRecipe } from "./to-recipe.ts";

export interface LoadOptions extends Surroundings {
  /** Folder that messages show paths relative to, and that `file` is relative to. */
  readonly cwd: string;
}

/**
 * From a YAML file to a checked recipe and the digests of all it reads. The error holds every fault of the recipe, of the
 * files it names and of the model, with warnings among them, in the order of the text.
 */
export async function loadRecipe(file: string, options: LoadOptions): Promise<Result<LoadedRecipe, readonly Diagnostic[]>> {
  const source = await readSource(file, options.cwd);
  if (!source.ok) return err([source.error]);
  const parsed = parseDocument(source.value);
  if (!parsed.ok) return parsed;
  const { document } = parsed.value;
  const path = resolve(options.cwd, file);
  const structure = checkStructure(recipeSchema, document, "the recipe");
  const gathered = await gatherContents(structure.draft, dirname(path));
  const { modelFacts: model } = gathered.contents;
  const targets = checkTargets(structure.draft, { ...options, ...(model !== undefined && { model }) });
  const faults = [
    ...structure.faults,
    ...targets.faults,
    ...checkData(structure.draft),
    ...checkImages(structure.draft),
    ...gathered.faults,
  ];
  const diagnostics = inTextOrder([...parsed.value.diagnostics, ...faults.map((fault) => document.place(fault)), ...targets.diagnostics]);
  if (structure.form === null || diagnostics.some(({ severity }) => severity === "error")) return err(diagnostics);
  const recipe = toRecipe(structure.form, { ...targets, file: path, folder: dirname(path), contents: gathered.contents });
  return ok({ recipe, contents: gathered.contents, document, warnings: diagnostics });
}

// A fault behind an alias is found at each use of it, and is one fault.
function inTextOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const unique = new Map(diagnostics.map((diagnostic) => [`${diagnostic.code} ${diagnostic.message} ${startOf(diagnostic)}`, diagnostic]));
  return [...unique.values()].sort((left, right) => startOf(left) - startOf(right));
}

function startOf({ at }: Diagnostic): number {
  return at?.span.start ?? 0;
}
