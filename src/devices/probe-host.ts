import { readFile } from "node:fs/promises";
import { arch, availableParallelism, release, totalmem } from "node:os";
import type { Host } from "../domain/host.ts";
import { x86Level } from "./cpu-level.ts";
import { findEmulators } from "./find-emulators.ts";
import { probeAccelerators } from "./probe-accelerators.ts";

/** Looks at this machine and its devices. What they do not say is told as unknown, never guessed. */
export async function probeHost(): Promise<Host> {
  const { env } = process;
  const [cpuinfo, { accelerators, notes }, emulators] = await Promise.all([
    readFile("/proc/cpuinfo", "utf8").catch(() => ""),
    probeAccelerators({ root: "/", env }),
    findEmulators({ root: "/", env }),
  ]);
  const facts = { arch: arch(), cores: availableParallelism(), memoryBytes: totalmem(), kernel: release() };
  return { ...describeHost(cpuinfo, facts), accelerators, acceleratorNotes: notes, emulators };
}

/** What Node says of the machine: `arch` in Node's words (`x64`), cores this process may use, bytes of memory, kernel release. */
export interface SystemFacts {
  readonly arch: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly kernel: string;
}

/** What a Host says of its CPU. */
type CpuHost = Omit<Host, "accelerators" | "acceleratorNotes" | "emulators">;

/** Puts the CPU's part of a Host together from the text of /proc/cpuinfo; only the first processor is read, since Linux shows the common features. */
export function describeHost(cpuinfo: string, { arch: machine, cores, memoryBytes, kernel }: SystemFacts): CpuHost {
  const architecture = machine === "x64" ? "x86-64" : machine === "arm64" ? "aarch64" : "other";
  const cpuFeatures = (field(cpuinfo, "flags") ?? field(cpuinfo, "Features") ?? "").split(/\s+/).filter(Boolean).sort();
  return {
    architecture,
    cpuModel: field(cpuinfo, "model name") ?? armModel(cpuinfo) ?? "unknown",
    cores,
    cpuFeatures,
    cpuLevel: architecture === "x86-64" ? x86Level(cpuFeatures) : architecture === "aarch64" ? "aarch64" : machine,
    memoryBytes,
    kernel,
  };
}

// Arm kernels give numbers (Arm's main ID register) instead of a name.
function armModel(cpuinfo: string): string | null {
  const implementer = field(cpuinfo, "CPU implementer");
  const part = field(cpuinfo, "CPU part");
  return implementer === null || part === null ? null : `implementer ${implementer} part ${part}`;
}

function field(cpuinfo: string, name: string): string | null {
  const match = new RegExp(`^${name}\\s*:\\s*(.*)$`, "m").exec(cpuinfo);
  return match?.[1]?.trim() ?? null;
}
