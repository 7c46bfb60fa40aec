import { join } from "node:path";
import { digestBytes } from "../domain/digest.ts";
import type { EnvironmentSpec, Environments } from "../domain/environment.ts";
import type { Recipe } from "../domain/recipe.ts";
import type { WorkerSpec } from "../domain/step-specs.ts";
import type { Toolchain } from "../domain/toolchain.ts";
import type { IdentifiedToolchain, IdentifiedWorker, PlanInputs } from "../plan/inputs.ts";
import { containerDirectory } from "../system/package-root.ts";
import { digestWorker, lockedVersion } from "../toolchains/worker-identity.ts";

/** A worker folder of the layout `requirements.lock` + `worker.py`. */
export function workerSpec(name: string, directory: string): WorkerSpec {
  return { directory, environment: { name, lock: join(directory, "requirements.lock") } };
}

/** A toolchain's own worker. */
export function toolchainWorker({ name, directory, library, makerImage }: Toolchain): WorkerSpec {
  const { environment } = workerSpec(name, directory);
  return {
    directory,
    environment: { ...environment, ...(makerImage !== undefined && { needsImage: makerImage }) },
    ...(library !== undefined && { library }),
  };
}

/** The same worker where it runs artifacts by an emulator: in an environment with packages for that architecture beside its own. */
export function emulatingWorker(toolchain: Toolchain, architecture: string): WorkerSpec {
  const worker = toolchainWorker(toolchain);
  if (toolchain.foreignPackages === undefined) return worker;
  const foreign = Object.fromEntries(Object.entries(toolchain.foreignPackages).filter(([name]) => name === architecture));
  return { ...worker, environment: { ...worker.environment, name: `${worker.environment.name}-${architecture}`, foreign } };
}

/** Gives a worker the digests that stand for it in keys, without making its environment. */
export async function identifyWorker(worker: WorkerSpec, environments: Environments): Promise<IdentifiedWorker> {
  const [identity, workerDigest] = await Promise.all([
    environments.identify(worker.environment),
    digestWorker(worker.directory, worker.library),
  ]);
  return { ...worker, workerDigest, environmentDigest: identity.ok ? identity.value.digest : null };
}

export async function identifyToolchain(toolchain: Toolchain, environments: Environments): Promise<IdentifiedToolchain> {
  const spec = toolchainWorker(toolchain);
  const [worker, version] = await Promise.all([
    identifyWorker(spec, environments),
    lockedVersion(spec.environment.lock, toolchain.mainPackage),
  ]);
  return { toolchain, worker, emulating: await identifyEmulating(toolchain, environments), version: version ?? "unknown" };
}

async function identifyEmulating(toolchain: Toolchain, environments: Environments): Promise<ReadonlyMap<string, IdentifiedWorker>> {
  const architectures = Object.keys(toolchain.foreignPackages ?? {});
  const identified = await Promise.all(architectures.map((each) => identifyWorker(emulatingWorker(toolchain, each), environments)));
  return new Map(architectures.flatMap((each, index) => (identified[index] === undefined ? [] : [[each, identified[index]]])));
}

/** The workers every recipe needs beside its toolchains'. */
export async function identifyServices(recipe: Recipe, environments: Environments): Promise<PlanInputs["workers"]> {
  const specs = serviceWorkers(recipe);
  const [prepare, reference, data, metric] = await Promise.all([
    identifyWorker(specs.prepare, environments),
    identifyWorker(specs.reference, environments),
    identifyWorker(specs.data, environments),
    specs.metric && identifyWorker(specs.metric, environments),
  ]);
  return { prepare, reference, data, metric };
}

/** Toolchains that a recipe names, of those there are. */
export function usedToolchains(recipe: Recipe, toolchains: ReadonlyMap<string, Toolchain>): Toolchain[] {
  const used = new Set(recipe.targets.flatMap((target) => target.toolchains.map((use) => use.name)));
  return [...toolchains.values()].filter((toolchain) => used.has(toolchain.name));
}

/** Environments a recipe needs, each once. */
export function neededEnvironments(recipe: Recipe, toolchains: ReadonlyMap<string, Toolchain>): EnvironmentSpec[] {
  const { prepare, reference, data, metric } = serviceWorkers(recipe);
  const own = usedToolchains(recipe, toolchains).map(toolchainWorker);
  const workers = [prepare, reference, data, ...(metric === null ? [] : [metric]), ...own];
  return [...new Map(workers.map(({ environment }) => [environment.lock, environment])).values()];
}

function serviceWorkers(recipe: Recipe) {
  const builtin = (name: string) => workerSpec(name, containerDirectory(name));
  const { source } = recipe.data;
  const { metric } = recipe.accept;
  return {
    prepare: builtin("onnx"),
    reference: builtin("onnxruntime"),
    data: scriptWorker(source.kind === "script" ? source.requirements : null),
    metric: metric === null ? null : scriptWorker(metric.requirements),
  };
}

/** Scripts run with numpy and Pillow, or with the hash-locked requirements their recipe names. */
function scriptWorker(requirements: string | null): WorkerSpec {
  const directory = containerDirectory("scripts");
  if (requirements === null) return workerSpec("scripts", directory);
  const environment: EnvironmentSpec = { name: `scripts-${digestBytes(requirements).slice(7, 15)}`, lock: requirements };
  return { directory, environment };
}
