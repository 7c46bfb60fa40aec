import { readFile } from "node:fs/promises";
import { digestBytes } from "../../domain/digest.ts";
import type { EnvironmentIdentity, EnvironmentSpec } from "../../domain/environment.ts";
import { requiresPython } from "../../executors/environments/requires-python.ts";
import type { IdentifiedWorker, PlanInputs } from "../../plan/inputs.ts";
import type { ImageDescription } from "./describe-image.ts";
import type { EnvironmentPin, ImagePin } from "./lock-form.ts";
import { lockKey, platformName } from "./lock-names.ts";
import type { Pinnable } from "./pinnable.ts";

/** A worker with the names it has in a lock. */
export interface NamedWorker {
  /** The environment's name: `openvino`, or `./requirements.lock` for a recipe's own. */
  readonly name: string;
  /** The worker's own name: several environments may serve one worker. */
  readonly source: string;
  readonly worker: IdentifiedWorker;
}

/**
 * Every worker a recipe needs, each environment once.
 *
 * @param folder the lock's folder: the names of a recipe's own requirements start there
 */
export function namedWorkers({ toolchains, workers }: PlanInputs, folder: string): NamedWorker[] {
  const named = new Map<string, NamedWorker>();
  for (const [name, { worker }] of toolchains) named.set(name, { name, source: name, worker });
  const services: readonly (readonly [string, IdentifiedWorker | null])[] = [
    ["onnx", workers.prepare],
    ["onnxruntime", workers.reference],
    ["scripts", workers.data],
    ["scripts", workers.metric],
  ];
  for (const [service, worker] of services) {
    if (worker === null) continue;
    // A plug-in may call its toolchain as we call a worker of ours.
    const taken = named.get(service)?.worker.directory;
    const source = taken === undefined || taken === worker.directory ? service : `fettle-${service}`;
    const { environment } = worker;
    const name = environment.name === service ? source : `./${lockKey(environment.lock, folder)}`;
    named.set(name, { name, source, worker });
  }
  return [...named.values()];
}

interface WorkerPins {
  readonly name: string;
  /** Null where a maker's image decides and no list of packages is installed. */
  readonly environment: EnvironmentPin | null;
  /** Null where no engine is used. */
  readonly image: ImagePin | null;
}

/** What a worker runs in, as it is pinned here. An environment that no interpreter fits is pinned without a platform. */
export async function pinWorker({ name, worker }: NamedWorker, pinnable: Pinnable): Promise<WorkerPins> {
  const spec = worker.environment;
  const [found, described] = await Promise.all([pinnable.environments.identify(spec), pinnable.describeImage?.(spec) ?? null]);
  const identity = found.ok ? found.value : null;
  const platform = platformName(pinnable.inputs.host);
  return {
    name,
    environment: spec.image === undefined ? await pinEnvironment(spec, platform, described === null ? identity : null) : null,
    image: described === null || identity === null ? null : pinImage(described, platform, identity),
  };
}

async function pinEnvironment(spec: EnvironmentSpec, platform: string, identity: EnvironmentIdentity | null): Promise<EnvironmentPin> {
  const text = await readFile(spec.lock);
  const python = identity?.python ?? null;
  return {
    requirements: digestBytes(text),
    python: requiresPython(text.toString("utf8"))?.text ?? "unreadable",
    platforms: identity === null || python === null ? {} : { [platform]: { python, identity: identity.digest } },
  };
}

function pinImage(description: ImageDescription, platform: string, { digest }: EnvironmentIdentity): ImagePin {
  return { platforms: { [platform]: { ...description, identity: digest } } };
}
