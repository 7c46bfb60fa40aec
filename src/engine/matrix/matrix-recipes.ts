import type { Diagnostic } from "../../domain/diagnostic.ts";
import type { Matrix } from "../../domain/matrix.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { type MatrixOptions, type MatrixRecipe, planMatrix } from "../../plan/matrix.ts";
import { readRunner } from "../../recipe/targets/read-runner.ts";
import { type CheckedRecipe, type CheckRecipeOptions, checkRecipe } from "../check-recipe.ts";
import { recipeSource } from "../recipe-source.ts";

export interface MatrixRequest extends CheckRecipeOptions {
  /** Target name -> labels to take in place of its file's. */
  readonly runners: MatrixOptions["runners"];
  readonly byToolchain?: boolean;
}

export interface PlannedMatrix {
  readonly matrix: Matrix;
  readonly warnings: readonly Diagnostic[];
}

/** The use case of `fettle matrix`: checks recipes and plans their jobs. The error holds every fault of every recipe. */
export async function matrixRecipes(
  files: readonly string[],
  request: MatrixRequest,
): Promise<Result<PlannedMatrix, readonly Diagnostic[]>> {
  const checked: CheckedRecipe[] = [];
  const faults: Diagnostic[] = [];
  for (const file of files) {
    const one = await checkRecipe(file, request);
    if (!one.ok) faults.push(...one.error);
    else if (!checked.some(({ recipe }) => recipe.file === one.value.recipe.file)) checked.push(one.value);
  }
  faults.push(...sameNames(checked));
  if (faults.length > 0) return err(faults);
  const recipes = await Promise.all(checked.map((each) => matrixRecipe(each, request.cwd)));
  const { runners, registry, byToolchain = false } = request;
  return ok({
    matrix: planMatrix(recipes, { runners, byToolchain, toolchains: registry.toolchains }),
    warnings: checked.flatMap(warningsOf),
  });
}

async function matrixRecipe(checked: CheckedRecipe, cwd: string): Promise<MatrixRecipe> {
  const { recipe, targets, targetFiles } = checked;
  const labels = recipe.targets.map(async ({ name }) => [name, await readRunner(targetFiles.get(name) ?? name, cwd)] as const);
  const named = (await Promise.all(labels)).filter((entry): entry is [string, readonly string[]] => entry[1] !== null);
  return { recipe, targets, source: await recipeSource(checked, cwd), runners: new Map(named) };
}

/** What this machine cannot prove is no fault here: the jobs run elsewhere. */
function warningsOf({ warnings }: CheckedRecipe): readonly Diagnostic[] {
  return warnings.filter(({ code }) => code !== "proof-unreachable");
}

/** Two recipes of one name would write to the same folder of `dist/`, and their reports could not be told apart. */
function sameNames(checked: readonly CheckedRecipe[]): Diagnostic[] {
  const groups = Map.groupBy(checked, ({ recipe }) => recipe.name);
  return [...groups].flatMap(([name, [first, ...others]]) =>
    others.map(({ document }) => ({
      ...document.place({
        code: "recipe-name-taken",
        path: ["name"],
        message: `another recipe is called \`${name}\` too: ${first?.document.source.path ?? ""}`,
      }),
      hint: "give each recipe a name of its own, or print a matrix for each",
    })),
  );
}
