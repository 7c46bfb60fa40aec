import type { Emulation } from "./emulator.ts";
import type { Host } from "./host.ts";
import type { Architecture, CpuTarget, Target } from "./target.ts";
import type { RunSupport } from "./toolchain.ts";

/**
 * The emulator that runs what is made for a foreign CPU on this machine; or why none does, with the mend, in one sentence without a
 * full stop.
 */
export function emulationOf(host: Host, target: CpuTarget): Emulation | { readonly why: string } {
  const ready = readyEmulator(host, target.architecture);
  if ("why" in ready) return ready;
  const cpu = emulatedCpu(target, ready.cpus);
  if (cpu !== null) return { ...ready, cpu };
  return { why: `${ready.name} ${ready.version} emulates no CPU that has what ${target.cpu} has` };
}

/** What a toolchain for CPUs says of a target of another architecture than this machine's, which it can run by an emulator of this machine's. */
export function emulatedSupport(host: Host, target: CpuTarget): RunSupport {
  const emulation = emulationOf(host, target);
  return "why" in emulation ? { yes: false, why: emulation.why } : { yes: true, how: "emulated", by: emulation.name };
}

/** The emulator of this machine's that goes by a name, for a target; null where it is a program of the toolchain's own. */
export function emulationBy(host: Host, target: Target, name: string | null): Emulation | null {
  if (name === null || target.device !== "cpu") return null;
  const emulation = emulationOf(host, target);
  return "why" in emulation || emulation.name !== name ? null : emulation;
}

/** Why this machine runs nothing of another architecture; null where it does. */
export function whyNothingEmulated(host: Host, architecture: Architecture): string | null {
  const ready = readyEmulator(host, architecture);
  return "why" in ready ? ready.why : null;
}

function readyEmulator(host: Host, architecture: Architecture): Omit<Emulation, "cpu"> | { readonly why: string } {
  if (host.noEmulation !== undefined) return { why: host.noEmulation };
  const found = host.emulators.find((each) => each.architecture === architecture && each.running !== undefined);
  if (found?.running === undefined) return { why: `nothing here emulates ${architecture}${mendOf(architecture)}` };
  if ("why" in found.running) return { why: `${found.running.why}${mendOf(architecture)}` };
  return { name: found.name, path: found.path, ...found.running };
}

function mendOf(architecture: Architecture): string {
  return architecture === "aarch64" ? `: \`${ARM_PACKAGES}\` mends that on Debian and Ubuntu` : "";
}

const ARM_PACKAGES = "apt-get install qemu-user-static libc6-arm64-cross libstdc++6-arm64-cross";

/**
 * The CPU to emulate for a target: the target's own where the emulator knows it, else the one with the fewest instructions that has all
 * that the target lists, so that an instruction which the target lacks ends the program. Only where there is none: `max`, which has every
 * instruction. Null: not even that.
 */
function emulatedCpu({ cpu, features }: CpuTarget, known: readonly string[]): string | null {
  const candidates = [
    cpu,
    ...FEWEST_FIRST.filter((each) => features.every((name) => each.features.has(name))).map(({ name }) => name),
    "max",
  ];
  return candidates.find((name) => known.includes(name)) ?? null;
}

/**
 * Of Armv8.0, as QEMU's Cortex-A53 gives them to programs (AT_HWCAP of qemu-aarch64 7.2), in the names of /proc/cpuinfo; and two that
 * bring no instruction to compute with, `evtstrm` and `ssbs`, which no choice is to hang on.
 */
const ARM_8_0 = ["fp", "asimd", "aes", "pmull", "sha1", "sha2", "crc32", "cpuid", "evtstrm", "ssbs"];
/** Its Cortex-A76 has these beside them; its Neoverse N1 the same. */
const ARM_8_2 = [...ARM_8_0, "atomics", "fphp", "asimdhp", "asimdrdm", "lrcpc", "dcpop", "asimddp"];

const FEWEST_FIRST: readonly { readonly name: string; readonly features: ReadonlySet<string> }[] = [
  { name: "cortex-a53", features: new Set(ARM_8_0) },
  { name: "cortex-a76", features: new Set(ARM_8_2) },
];
