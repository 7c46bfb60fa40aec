import type { Diagnostic } from "../domain/diagnostic.ts";
import { digestHex } from "../domain/digest.ts";
import type { Failure } from "../domain/failure.ts";
import type { DataSource, Recipe } from "../domain/recipe.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { modelFailure } from "../model/model-fault.ts";
import type { ModelSummary } from "../model/model-summary.ts";
import { checkModelFit, type RandomKind } from "./checks/check-model-fit.ts";
import type { LoadedRecipe } from "./loaded-recipe.ts";

/** Reads a model that was fetched while building. Failures: `invalid-model`. */
export async function inspectModel(path: string): Promise<Result<ModelSummary, Failure>> {
  const { readModel } = await import("../model/read-model.ts");
  const read = await readModel(path);
  return read.ok ? ok(read.value) : err(modelFailure(read.error));
}

/**
 * Whether a packaged model, once fetched, is what its recipe says: the checks that `path` models pass while the recipe is
 * loaded. Errors and warnings point at the recipe's lines.
 */
export function checkModelAgainstRecipe(
  summary: ModelSummary,
  { recipe, document }: Pick<LoadedRecipe, "recipe" | "document">,
): readonly Diagnostic[] {
  const { sha256, shapes, bind } = recipe.model;
  const actual = digestHex(summary.digest);
  if (actual !== sha256) {
    const message = `the model's SHA-256 is ${actual}`;
    return [
      document.place({
        code: "model-hash-mismatch",
        path: ["model", "sha256"],
        message,
        expected: sha256,
        hint: `if the new file is meant, write \`sha256: ${actual}\``,
      }),
    ];
  }
  return checkModelFit(summary, { shapes, bind, random: randomKinds(recipe.data.source) }).map((fault) => document.place(fault));
}

/** The errors among such diagnostics as one failure; null when there are none. */
export function fitFailure(diagnostics: readonly Diagnostic[], { name }: Pick<Recipe, "name">): Failure | null {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first === undefined) return null;
  const message = errors.map((each) => each.message).join("; ");
  return {
    reason: first.code === "model-hash-mismatch" ? "hash-mismatch" : "invalid-model",
    message: `the model does not fit ${name}: ${message}`,
    ...(first.hint !== undefined && { hint: first.hint }),
  };
}

function randomKinds(source: DataSource): Readonly<Record<string, RandomKind>> | null {
  if (source.kind !== "random") return null;
  return Object.fromEntries(Object.entries(source.inputs).map(([name, { kind }]) => [name, kind]));
}
