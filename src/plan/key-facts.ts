import type { Accelerator } from "../domain/accelerator.ts";
import type { Emulation } from "../domain/emulator.ts";
import type { Host } from "../domain/host.ts";
import { asJson, type Json, type JsonObject } from "../domain/json.ts";
import type { Target } from "../domain/target.ts";

/** What of a target decides the bytes a compiler makes: not its name or title. */
export function targetKeyFacts(target: Target): Json {
  if (target.device === "cpu") {
    const { device, architecture, cpu, features, system } = target;
    return { device, architecture, cpu, features, system: { ...system } };
  }
  // What a command needs to see of the machine changes no byte, and neither does who else has a compiler for it.
  const { name: _name, title: _title, needs: _needs, unserved: _unserved, ...facts } = target;
  return asJson(facts);
}

/** What of the host decides the numbers a run gives: which instructions a runtime can choose. */
export function hostRunFacts(host: Host, ran: RanBy = NOTHING_ELSE): Json {
  return { architecture: host.architecture, cpuFeatures: host.cpuFeatures, ...ranFacts(ran) };
}

/** What of the host decides a measurement's meaning: the processor itself, not only its instructions. */
export function hostSpeedFacts(host: Host, ran: RanBy = NOTHING_ELSE): Json {
  const { architecture, cpuModel, cores, cpuFeatures } = host;
  return { architecture, cpuModel, cores, cpuFeatures, ...ranFacts(ran) };
}

/** What runs an artifact beside the CPU. */
export interface RanBy {
  readonly accelerator: Accelerator | null;
  readonly emulatedBy: string | null;
  readonly emulation: Emulation | null;
}

const NOTHING_ELSE: RanBy = { accelerator: null, emulatedBy: null, emulation: null };

/** Which of several equal devices it is makes no difference to what it computes; members are absent where there is nothing to say. */
function ranFacts({ accelerator, emulatedBy, emulation }: RanBy): JsonObject {
  return {
    ...(accelerator && { accelerator: pick(accelerator) }),
    ...(emulatedBy !== null && { emulatedBy }),
    ...(emulation !== null && { emulation: { version: emulation.version, cpu: emulation.cpu, libc: emulation.libc } }),
  };
}

function pick({ device, vendor, name, architecture, memoryBytes, driver }: Accelerator): JsonObject {
  return { device, vendor, name, architecture, memoryBytes, driver };
}
