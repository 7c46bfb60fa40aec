import type { Host } from "../domain/host.ts";
import type { Json } from "../domain/json.ts";
import type { Target } from "../domain/target.ts";

/** What of a target decides the bytes a compiler makes: not its name or title. */
export function targetKeyFacts(target: Target): Json {
  const { device, architecture, cpu, features, system } = target;
  return { device, architecture, cpu, features, system: { ...system } };
}

/** What of the host decides the numbers a run gives: which instructions a runtime can choose. */
export function hostRunFacts(host: Host): Json {
  return { architecture: host.architecture, cpuFeatures: host.cpuFeatures };
}

/** What of the host decides a measurement's meaning: the processor itself, not only its instructions. */
export function hostSpeedFacts(host: Host): Json {
  return { architecture: host.architecture, cpuModel: host.cpuModel, cores: host.cores, cpuFeatures: host.cpuFeatures };
}
