import type { Limits } from "../domain/command.ts";
import type { Diagnostic } from "../domain/diagnostic.ts";
import type { Plan } from "../domain/plan.ts";
import type { Recipe } from "../domain/recipe.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { RecipeSource } from "../domain/report.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type { PlanInputs } from "../plan/inputs.ts";
import { planRecipe } from "../plan/plan-recipe.ts";
import type { YamlDocument } from "../recipe/document/yaml-document.ts";
import { didYouMean } from "../recipe/suggest.ts";
import { type CheckedRecipe, type CheckRecipeOptions, checkRecipe } from "./check-recipe.ts";
import type { OpenServices } from "./create-services.ts";
import { executionPorts } from "./execution/chosen-execution.ts";
import { identifyServices, identifyToolchain, neededEnvironments, usedToolchains } from "./identify-workers.ts";
import { type HoldOptions, holdToLock } from "./lock/hold-to-lock.ts";
import type { Pinnable } from "./lock/pinnable.ts";
import { recipeSource } from "./recipe-source.ts";
import type { Services } from "./services.ts";

export interface PrepareRunOptions extends CheckRecipeOptions {
  /** Absolute folder that holds one folder per recipe. */
  readonly outputDirectory: string;
  readonly limits: Limits;
  /** Most bytes that an artifact that cannot be run here carries along to be proven elsewhere; absent: the default. */
  readonly proofBytes?: number | undefined;
  readonly signal: AbortSignal;
  /** Only these of the recipe's targets; null: all. */
  readonly only: readonly string[] | null;
  /** Refuse inputs that are not those of the lock file; null: take them as they are. */
  readonly locked: HoldOptions | null;
}

export interface PreparedRun {
  readonly plan: Plan;
  readonly services: Services;
  /** What the plan follows from, for a lock. */
  readonly pinnable: Pinnable;
  /** The recipe as reports name it, and its text with the place of each part. */
  readonly source: RecipeSource;
  readonly document: YamlDocument;
  readonly warnings: readonly Diagnostic[];
}

/** From a recipe file to a plan that can be run: checks the recipe, names the workers it needs, and plans. */
export async function prepareRun(file: string, open: OpenServices, options: PrepareRunOptions): Promise<Result<PreparedRun, Refusal>> {
  const checked = await checkRecipe(file, options);
  if (!checked.ok) return err({ diagnostics: checked.error });
  const recipe = onlyTargets(checked.value.recipe, options.only);
  if (!recipe.ok) return err({ diagnostics: [recipe.error] });
  const chosen = await open.choose(neededEnvironments(recipe.value, open.toolchains), {
    signal: options.signal,
    images: recipe.value.images,
  });
  if (!chosen.ok) return err({ failure: chosen.error });
  const services: Services = { ...open, ...executionPorts(chosen.value, open.host) };
  const inputs = await planInputs({ ...checked.value, recipe: recipe.value }, services, options);
  const { environments, describeImage } = services;
  const pinnable: Pinnable = { inputs, targetFiles: checked.value.targetFiles, cwd: options.cwd, environments, describeImage };
  const held = options.locked === null ? ok([]) : await holdToLock(pinnable, options.locked);
  if (!held.ok) return err({ diagnostics: held.error });
  const source = await recipeSource(checked.value, options.cwd);
  const { document, warnings } = checked.value;
  return ok({ plan: planRecipe(inputs), services, pinnable, source, document, warnings: [...warnings, ...held.value] });
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

async function planInputs(checked: CheckedRecipe, services: Services, options: PrepareRunOptions): Promise<PlanInputs> {
  const { recipe, contents, targets } = checked;
  const wanted = usedToolchains(recipe, services.toolchains);
  const [workers, toolchains] = await Promise.all([
    identifyServices(recipe, services.environments),
    Promise.all(wanted.map((toolchain) => identifyToolchain(toolchain, services.environments))),
  ]);
  return {
    recipe,
    contents,
    targets,
    toolchains: new Map(toolchains.map((each) => [each.toolchain.name, each])),
    workers,
    host: services.host,
    outputDirectory: options.outputDirectory,
    limits: options.limits,
    ...(options.proofBytes !== undefined && { proofBytes: options.proofBytes }),
  };
}
