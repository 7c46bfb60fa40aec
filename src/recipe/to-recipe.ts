import { resolve } from "node:path";
import type { Duration } from "../domain/quantity.ts";
import type {
  Absence,
  AcceptSpec,
  DataSource,
  DataSpec,
  Distribution,
  ModelSource,
  OutputTolerance,
  Percentile,
  Recipe,
  RecipeTarget,
  ScriptSpec,
  ToolchainUse,
} from "../domain/recipe.ts";
import type { RecipeContents } from "../domain/recipe-contents.ts";
import { DEFAULT_CALIBRATION, DEFAULT_VALIDATION } from "./schema/data-schema.ts";
import { namedImages } from "./schema/images-schema.ts";
import type { RecipeForm } from "./schema/recipe-schema.ts";

/** What a checked form is turned into a recipe with. */
export interface RecipeParts {
  /** Absolute path of the recipe's file, and the folder its paths start from. */
  readonly file: string;
  readonly folder: string;
  readonly uses: ReadonlyMap<string, readonly ToolchainUse[]>;
  /** Target name -> what it names and is not installed here. */
  readonly absent: ReadonlyMap<string, readonly Absence[]>;
  readonly contents: RecipeContents;
}

/** A form without faults as the domain's recipe: paths absolute, packages taken apart, defaults filled in. */
export function toRecipe(form: RecipeForm, parts: RecipeParts): Recipe {
  return {
    name: form.name,
    description: form.description ?? null,
    file: parts.file,
    model: {
      source: modelSource(form.model.from, parts.folder),
      sha256: form.model.sha256.toLowerCase(),
      shapes: form.model.shapes,
      bind: form.model.bind,
    },
    data: dataSpec(form.data, parts),
    precisions: form.try.precision,
    accept: acceptSpec(form.accept, parts.folder),
    measure: form.measure,
    targets: Object.entries(form.targets).map(([name, use]) => recipeTarget(name, use, parts)),
    ...(form.images !== undefined && { images: namedImages(form.images) }),
  };
}

function recipeTarget(name: string, { require, precision, optional }: RecipeForm["targets"][string], parts: RecipeParts): RecipeTarget {
  const absent = parts.absent.get(name) ?? [];
  return {
    name,
    toolchains: parts.uses.get(name) ?? [],
    require,
    ...(precision !== undefined && { precisions: precision }),
    ...(optional && { optional }),
    ...(absent.length > 0 && { absent }),
  };
}

function modelSource({ path, pypi, npm, url, file = "" }: RecipeForm["model"]["from"], folder: string): ModelSource {
  if (path !== undefined) return { kind: "path", path: resolve(folder, path) };
  if (url !== undefined) return { kind: "url", url };
  if (pypi !== undefined) {
    const [name = "", version = ""] = pypi.split("==");
    return { kind: "pypi", name, version, file };
  }
  const spec = npm ?? "";
  const at = spec.lastIndexOf("@");
  return { kind: "npm", name: spec.slice(0, at), version: spec.slice(at + 1), file };
}

function dataSpec(data: RecipeForm["data"], parts: RecipeParts): DataSpec {
  const source = dataSource(data, parts);
  const isFiles = source.kind === "files";
  return {
    source,
    calibration: data.calibration ?? (isFiles ? null : DEFAULT_CALIBRATION),
    validation: data.validation ?? (isFiles ? null : DEFAULT_VALIDATION),
    seed: data.seed,
  };
}

function dataSource({ script, requirements, random }: RecipeForm["data"], { folder, contents }: RecipeParts): DataSource {
  if (script !== undefined) return { kind: "script", ...scriptSpec({ script, requirements }, folder) };
  if (random !== undefined) {
    return {
      kind: "random",
      inputs: Object.fromEntries(Object.entries(random.inputs).map(([name, drawn]) => [name, distribution(drawn)])),
    };
  }
  const { calibration = [], validation = [] } = contents.dataFiles ?? {};
  return { kind: "files", calibration: calibration.map(({ path }) => path), validation: validation.map(({ path }) => path) };
}

type WrittenDistribution = NonNullable<RecipeForm["data"]["random"]>["inputs"][string];

function distribution({ uniform, normal, integers }: WrittenDistribution): Distribution {
  if (uniform !== undefined) return { kind: "uniform", low: uniform[0], high: uniform[1] };
  if (normal !== undefined) return { kind: "normal", mean: normal[0], deviation: normal[1] };
  const [low, high] = integers ?? [0, 1];
  return { kind: "integers", low, high };
}

function acceptSpec({ outputs, metric, latency }: RecipeForm["accept"], folder: string): AcceptSpec {
  const limits = Object.entries(latency).filter((entry): entry is [Percentile, Duration] => entry[1] !== undefined);
  return {
    outputs: outputs === "auto" ? "auto" : tolerance(outputs),
    metric: metric === undefined ? null : { ...scriptSpec(metric, folder), keep: metric.keep },
    latency: Object.fromEntries(limits),
  };
}

function tolerance({ atol, rtol, mismatch, relL2, cosine }: Exclude<RecipeForm["accept"]["outputs"], "auto">): OutputTolerance {
  return { atol, rtol, mismatch, relativeL2: relL2 ?? null, cosine: cosine ?? null };
}

function scriptSpec(
  { script, requirements }: { readonly script: string; readonly requirements?: string | undefined },
  folder: string,
): ScriptSpec {
  return { script: resolve(folder, script), requirements: requirements === undefined ? null : resolve(folder, requirements) };
}
