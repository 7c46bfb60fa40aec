import { dirname } from "node:path";
import type { Digest } from "../../domain/digest.ts";
import type { ModelSource } from "../../domain/recipe.ts";
import type { InputFile } from "../../domain/step-specs.ts";
import type { PlanInputs } from "../../plan/inputs.ts";
import { packageVersion } from "../../system/package-root.ts";
import { digestTargetFile } from "./digest-target.ts";
import { LOCK_FORMAT, type Lock, type RecipePin } from "./lock-form.ts";
import { lockKey } from "./lock-names.ts";
import { namedWorkers, pinWorker } from "./pin-workers.ts";
import type { Pinnable } from "./pinnable.ts";

/**
 * What a recipe reads from outside itself, here and now, as a lock of this one recipe.
 *
 * @param lockFile absolute path of the lock the pins are for: paths in it are relative to its folder
 */
export async function takePins(pinnable: Pinnable, lockFile: string): Promise<Lock> {
  const { inputs, targetFiles, cwd } = pinnable;
  const folder = dirname(lockFile);
  const workers = namedWorkers(inputs, folder);
  const pins = await Promise.all(workers.map((worker) => pinWorker(worker, pinnable)));
  const environments = pins.flatMap(({ name, environment }) => (environment === null ? [] : [[name, environment] as const]));
  const images = pins.flatMap(({ name, image }) => (image === null ? [] : [[name, image] as const]));
  const named = inputs.recipe.targets.filter(({ name }) => targetFiles.has(name));
  const targets = named.map(async ({ name }) => [name, await digestTargetFile(targetFiles.get(name) ?? name, cwd)] as const);
  const lock = {
    lock: LOCK_FORMAT,
    fettle: packageVersion(),
    environments: Object.fromEntries(environments),
    images: Object.fromEntries(images),
    toolchains: Object.fromEntries([...inputs.toolchains].map(([name, { version }]) => [name, version])),
    workers: Object.fromEntries(workers.map(({ source, worker }) => [source, worker.workerDigest])),
    targets: Object.fromEntries(await Promise.all(targets)),
  } as const;
  return { ...lock, recipes: { [lockKey(inputs.recipe.file, folder)]: { ...pinRecipe(inputs), uses: usesOf(lock) } } };
}

function pinRecipe({ recipe, contents }: PlanInputs): Omit<RecipePin, "uses"> {
  const [, ...external] = contents.model;
  const data = contents.dataScript?.files ?? [...(contents.dataFiles?.calibration ?? []), ...(contents.dataFiles?.validation ?? [])];
  return {
    model: { sha256: recipe.model.sha256.toLowerCase(), from: sourceText(recipe.model.source), external: filePins(external) },
    data: filePins(data),
    metric: filePins(contents.metricScript?.files ?? []),
  };
}

function filePins(files: readonly InputFile[]): Record<string, Digest> {
  return Object.fromEntries(files.map(({ at, digest }) => [at, digest]));
}

/** Where a fetched model comes from, in one line; its package decides which external data comes along. */
function sourceText(source: ModelSource): string | null {
  switch (source.kind) {
    case "path":
      return null;
    case "url":
      return source.url;
    case "pypi":
      return `pypi:${source.name}==${source.version}/${source.file}`;
    case "npm":
      return `npm:${source.name}@${source.version}/${source.file}`;
  }
}

function usesOf(lock: Omit<Lock, "recipes">): RecipePin["uses"] {
  const names = (section: object) => Object.keys(section).sort();
  return {
    environments: names({ ...lock.environments, ...lock.images }),
    targets: names(lock.targets),
    toolchains: names(lock.toolchains),
    workers: names(lock.workers),
  };
}
