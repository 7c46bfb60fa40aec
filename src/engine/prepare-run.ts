import type { Diagnostic } from "../domain/diagnostic.ts";
import type { Failure } from "../domain/failure.ts";
import type { Plan } from "../domain/plan.ts";
import type { Recipe } from "../domain/recipe.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type { StepLimits } from "../plan/inputs.ts";
import { planRecipe } from "../plan/plan-recipe.ts";
import { didYouMean } from "../recipe/suggest.ts";
import { type CheckedRecipe, type CheckRecipeOptions, checkRecipe } from "./check-recipe.ts";
import { identifyServices, identifyToolchain } from "./identify-workers.ts";
import type { Services } from "./services.ts";

export interface PrepareRunOptions extends CheckRecipeOptions {
  /** Absolute folder that holds one folder per recipe. */
  readonly outputDirectory: string;
  readonly limits: StepLimits;
  /** Only these of the recipe's targets; null: all. */
  readonly only: readonly string[] | null;
}

/** Why there is nothing to run: faults of the recipe, or something around it. */
export type Refusal = { readonly diagnostics: readonly Diagnostic[] } | { readonly failure: Failure };

export interface PreparedRun {
  readonly plan: Plan;
  readonly services: Services;
  readonly warnings: readonly Diagnostic[];
}

/** From a recipe file to a plan that can be run: checks the recipe, names the workers it needs, and plans. */
export async function prepareRun(file: string, services: Services, options: PrepareRunOptions): Promise<Result<PreparedRun, Refusal>> {
  const checked = await checkRecipe(file, options);
  if (!checked.ok) return err({ diagnostics: checked.error });
  const recipe = onlyTargets(checked.value.recipe, options.only);
  if (!recipe.ok) return err({ diagnostics: [recipe.error] });
  const plan = await planChecked({ ...checked.value, recipe: recipe.value }, services, options);
  return ok({ plan, services, warnings: checked.value.warnings });
}

function onlyTargets(recipe: Recipe, only: readonly string[] | null): Result<Recipe, Diagnostic> {
  if (only === null) return ok(recipe);
  const unknown = only.find((name) => !recipe.targets.some((target) => target.name === name));
  if (unknown === undefined) return ok({ ...recipe, targets: recipe.targets.filter((target) => only.includes(target.name)) });
  const names = recipe.targets.map((target) => target.name).join(", ");
  return err({
    code: "unknown-target",
    severity: "error",
    message: `the recipe has no target \`${unknown}\``,
    expected: `one of ${names}`,
    ...didYouMean(
      unknown,
      recipe.targets.map((target) => target.name),
    ),
  });
}

async function planChecked(checked: CheckedRecipe, services: Services, options: PrepareRunOptions): Promise<Plan> {
  const { recipe, contents, targets } = checked;
  const used = new Set(recipe.targets.flatMap((target) => target.toolchains.map((use) => use.name)));
  const wanted = [...services.toolchains.values()].filter((toolchain) => used.has(toolchain.name));
  const [workers, toolchains] = await Promise.all([
    identifyServices(recipe, services.environments),
    Promise.all(wanted.map((toolchain) => identifyToolchain(toolchain, services.environments))),
  ]);
  return planRecipe({
    recipe,
    contents,
    targets,
    toolchains: new Map(toolchains.map((each) => [each.toolchain.name, each])),
    workers,
    host: services.host,
    outputDirectory: options.outputDirectory,
    limits: options.limits,
  });
}
