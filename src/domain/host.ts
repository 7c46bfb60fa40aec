import type { Accelerator } from "./accelerator.ts";
import type { Emulator } from "./emulator.ts";
import type { Architecture } from "./target.ts";

/** What this machine is, as far as it decides what can be run and what a measurement means. */
export interface Host {
  readonly architecture: Architecture | "other";
  readonly cpuModel: string;
  readonly cores: number;
  /** Feature flags as /proc/cpuinfo names them, sorted. */
  readonly cpuFeatures: readonly string[];
  /** Highest named x86-64 level the CPU meets (`x86-64-v3`), or the plain architecture. */
  readonly cpuLevel: string;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly accelerators: readonly Accelerator[];
  /** What could not be found out about accelerators, in sentences; an accelerator is never guessed. */
  readonly acceleratorNotes: readonly string[];
  /** Emulators among this machine's programs. */
  readonly emulators: readonly Emulator[];
  /** Why none of them can be used, with the mend; absent where they can. */
  readonly noEmulation?: string;
}
