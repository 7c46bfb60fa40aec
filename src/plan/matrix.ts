import { canMake } from "../domain/can-make.ts";
import { digestBytes, shortDigest } from "../domain/digest.ts";
import { MATRIX_SCHEMA, type Matrix, type MatrixJob, type MatrixToolchain, type UnavailableTarget } from "../domain/matrix.ts";
import { absenceText, precisionsOf, type Recipe, type RecipeTarget } from "../domain/recipe.ts";
import type { RecipeSource } from "../domain/report.ts";
import { rangedAxes } from "../domain/sizes.ts";
import type { Target } from "../domain/target.ts";
import type { Toolchain } from "../domain/toolchain.ts";
import { defaultRunner } from "./default-runner.ts";

/** A checked recipe with what its jobs need to know of its targets. */
export interface MatrixRecipe {
  readonly recipe: Recipe;
  readonly source: RecipeSource;
  readonly targets: ReadonlyMap<string, Target>;
  /** Target name -> labels its file names; absent where it names none. */
  readonly runners: ReadonlyMap<string, readonly string[]>;
}

export interface MatrixOptions {
  readonly toolchains: ReadonlyMap<string, Toolchain>;
  /** Target name -> labels to take in place of its file's. */
  readonly runners: ReadonlyMap<string, readonly string[]>;
  /** Say of each job what it tries, toolchain by toolchain. */
  readonly byToolchain: boolean;
}

/**
 * One job for each target of each recipe, in the recipes' order; for one that nothing here describes only where its runner is named. Names of
 * recipes must differ.
 */
export function planMatrix(recipes: readonly MatrixRecipe[], options: MatrixOptions): Matrix {
  const hasRunner = ({ runners }: MatrixRecipe, { name }: RecipeTarget) => options.runners.has(name) || runners.has(name);
  const drafts = recipes.flatMap((each) =>
    each.recipe.targets.filter((use) => isKnown(use) || hasRunner(each, use)).map((use) => draftJob(each, use, options)),
  );
  const unavailable = recipes.flatMap((each) =>
    each.recipe.targets.filter((use) => !isKnown(use) && !hasRunner(each, use)).map((use) => unavailableTarget(use, each)),
  );
  const names = Map.groupBy(drafts, plainId);
  const idOf = (job: JobDraft) => (isWhole(job) && names.get(plainId(job))?.length === 1 ? plainId(job) : markedId(job));
  const jobs = drafts.map((job) => ({ id: idOf(job), ...job }));
  return { schema: MATRIX_SCHEMA, jobs, ...(unavailable.length > 0 && { unavailable }) };
}

function isKnown({ absent = [] }: RecipeTarget): boolean {
  return absent.every(({ kind }) => kind !== "target");
}

function unavailableTarget(use: RecipeTarget, { recipe, source }: MatrixRecipe): UnavailableTarget {
  return { recipe: recipe.name, source, target: use.name, require: use.require, why: absenceText(use.absent ?? []) };
}

type JobDraft = Omit<MatrixJob, "id">;

function draftJob(from: MatrixRecipe, use: RecipeTarget, options: MatrixOptions): JobDraft {
  const { recipe, source } = from;
  const target = from.targets.get(use.name) ?? null;
  const toolchains = use.toolchains.map(({ name }) => options.toolchains.get(name)).filter((each) => each !== undefined);
  const named = options.runners.get(use.name) ?? from.runners.get(use.name);
  return {
    recipe: recipe.name,
    target: use.name,
    require: use.require,
    ...(use.optional && { optional: use.optional }),
    source,
    runner:
      named ??
      defaultRunner(known(target, use), { require: use.require, precisions: precisionsOf(recipe, use), uses: use.toolchains, toolchains }),
    arguments: ["build", source.file, "--target", use.name],
    ...(options.byToolchain && {
      toolchains: target === null ? [] : toolchainsOf(recipe, use, { target, toolchains: options.toolchains }),
    }),
  };
}

function known(target: Target | null, { name }: RecipeTarget): Target {
  if (target === null) throw new Error(`target ${name} passed the recipe's checks but is not loaded`);
  return target;
}

interface Served {
  readonly target: Target;
  readonly toolchains: ReadonlyMap<string, Toolchain>;
}

/** By name, with ids as a plan has them: a toolchain listed twice is one here, its second use's candidates are `tvm#2/...`. */
function toolchainsOf(recipe: Recipe, use: RecipeTarget, { target, toolchains }: Served): MatrixToolchain[] {
  const ranges = rangedAxes(recipe.model.shapes);
  const uses = Map.groupBy(use.toolchains, ({ name }) => name);
  return [...uses].map(([name, options]) => {
    const asked = options.flatMap((each, index) =>
      precisionsOf(recipe, use).map((precision) => {
        const id = `${name}${index > 0 ? `#${index + 1}` : ""}/${precision}`;
        const toolchain = toolchains.get(name);
        return { id, support: toolchain && canMake(toolchain, { target, precision, options: each.options }, ranges) };
      }),
    );
    return {
      name,
      candidates: asked.filter(({ support }) => support?.yes === true).map(({ id }) => id),
      untried: asked.flatMap(({ id, support }) => (support?.yes === false ? [{ id, why: support.why }] : [])),
    };
  });
}

const FORBIDDEN = /[^A-Za-z0-9_-]/g;

/** `ocr-recogniser--cpu-x64`. GitHub takes no other characters, and no digit or `-` in front; other systems take more. */
function plainId({ recipe, target }: JobDraft): string {
  const id = `${recipe}--${target}`.replace(FORBIDDEN, "-");
  return (/^[A-Za-z_]/.test(id) ? id : `_${id}`).slice(0, MAX_LENGTH);
}

/** GitHub's limit for the id of a job is 100; what is added to tell two apart must fit too. */
const MAX_LENGTH = 80;

function isWhole(job: JobDraft): boolean {
  return plainId(job) === `${job.recipe}--${job.target}`;
}

/** Where characters were lost, or two names run together to the same text: told apart by what they were made from. */
function markedId(job: JobDraft): string {
  return `${plainId(job)}-${shortDigest(digestBytes(`${job.recipe}\0${job.target}`)).slice(0, 8)}`;
}
