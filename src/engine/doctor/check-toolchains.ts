import type { EnvironmentSpec, Environments, MakerImage } from "../../domain/environment.ts";
import type { WorkerSpec } from "../../domain/step-specs.ts";
import type { Toolchain } from "../../domain/toolchain.ts";
import { containerDirectory } from "../../system/package-root.ts";
import { lockedVersion } from "../../toolchains/worker-identity.ts";
import { toolchainWorker, workerSpec } from "../identify-workers.ts";
import { type Answer, absent, type Check, fails, works } from "./check.ts";

/** The workers every build needs, whatever its toolchains, and what for. */
const SERVICES = [
  { name: "onnx", does: "prepares models", needed: true },
  { name: "onnxruntime", does: "reference and baseline", needed: true },
  { name: "scripts", does: "data and metric scripts", needed: true },
] as const;

/** What every worker runs in that can be had: those every build needs, and the toolchains'. @param images makers' images that are named */
export function workerEnvironments(toolchains: ReadonlyMap<string, Toolchain>, images: ReadonlyMap<string, MakerImage>): EnvironmentSpec[] {
  // Without its maker's image, which nobody has to have, a toolchain is not what an engine lacks.
  const own = [...toolchains.values()].filter(({ name, makerImage }) => makerImage === undefined || images.has(name)).map(toolchainWorker);
  const workers = [...SERVICES.map(({ name }) => workerSpec(name, containerDirectory(name))), ...own];
  return [...new Map(workers.map(({ environment }) => [environment.lock, environment])).values()];
}

/** Each toolchain, and each worker that every build needs: whether what it runs in exists, or what keeps it from being made. */
export function toolchainChecks(toolchains: ReadonlyMap<string, Toolchain>, environments: Environments): Check[] {
  const services = SERVICES.map(({ name, does, needed }) => {
    const toolchain = toolchains.get(name);
    const version = toolchain === undefined ? null : versionOf(toolchain);
    return check({ name, needed, spec: workerSpec(name, containerDirectory(name)), about: version, does });
  });
  const others = [...toolchains.values()]
    .filter(({ name }) => !SERVICES.some((service) => service.name === name))
    .map((each) => check({ name: each.name, needed: false, spec: toolchainWorker(each), about: versionOf(each), does: each.title }));
  return [...services, ...others];

  function check({ name, needed, spec, about, does }: Described): Check {
    return {
      ...{ group: "toolchains", name, needed },
      run: async () => {
        const answer = await environmentAnswer(spec, environments);
        const head = [does, await about].filter((part) => part !== null).join(" ");
        return { ...answer, detail: `${head}: ${answer.detail}` };
      },
    };
  }
}

interface Described {
  readonly name: string;
  readonly needed: boolean;
  readonly spec: WorkerSpec;
  /** Its version. */
  readonly about: Promise<string | null> | null;
  readonly does: string;
}

function versionOf(toolchain: Toolchain): Promise<string | null> {
  const { lock } = toolchainWorker(toolchain).environment;
  // A plug-in whose files went away is told by its environment.
  return lockedVersion(lock, toolchain.mainPackage).catch(() => null);
}

async function environmentAnswer({ environment }: WorkerSpec, environments: Environments): Promise<Answer> {
  const identity = await environments.identify(environment);
  if (!identity.ok && environment.needsImage !== undefined) return absent(`needs an image that holds ${environment.needsImage.holds}`);
  if (!identity.ok) return fails(identity.error.message.replace(/\.$/, ""));
  const python = identity.value.python === null ? "" : ` (Python ${identity.value.python})`;
  if (await environments.isMade(identity.value)) return works(`environment ready${python}`);
  return { state: "pending", detail: `environment not made yet; the first build makes it${python}` };
}
