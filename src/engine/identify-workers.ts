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

/** Gives a worker the digests that stand for it in keys, without making its environment. */
export async function identifyWorker(worker: WorkerSpec, environments: Environments): Promise<IdentifiedWorker> {
  const [identity, workerDigest] = await Promise.all([environments.identify(worker.environment), digestWorker(worker.directory)]);
  return { ...worker, workerDigest, environmentDigest: identity.ok ? identity.value.digest : null };
}

export async function identifyToolchain(toolchain: Toolchain, environments: Environments): Promise<IdentifiedToolchain> {
  const spec = workerSpec(toolchain.name, toolchain.directory);
  const [worker, version] = await Promise.all([
    identifyWorker(spec, environments),
    lockedVersion(spec.environment.lock, toolchain.mainPackage),
  ]);
  return { toolchain, worker, version: version ?? "unknown" };
}

/** The workers every recipe needs beside its toolchains'. */
export async function identifyServices(recipe: Recipe, environments: Environments): Promise<PlanInputs["workers"]> {
  const builtin = (name: string) => identifyWorker(workerSpec(name, containerDirectory(name)), environments);
  const { source } = recipe.data;
  const { metric } = recipe.accept;
  const [prepare, reference, data, metricWorker] = await Promise.all([
    builtin("onnx"),
    builtin("onnxruntime"),
    identifyWorker(scriptWorker(source.kind === "script" ? source.requirements : null), environments),
    metric ? identifyWorker(scriptWorker(metric.requirements), environments) : null,
  ]);
  return { prepare, reference, data, metric: metricWorker };
}

/** Scripts run with numpy and Pillow, or with the hash-locked requirements their recipe names. */
function scriptWorker(requirements: string | null): WorkerSpec {
  const directory = containerDirectory("scripts");
  if (requirements === null) return workerSpec("scripts", directory);
  const environment: EnvironmentSpec = { name: `scripts-${digestBytes(requirements).slice(7, 15)}`, lock: requirements };
  return { directory, environment };
}
