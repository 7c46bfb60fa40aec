/** A program that runs another architecture's programs on this machine's CPU. */
export interface Emulator {
  /** `qemu-aarch64`. */
  readonly name: string;
  /** Architecture of the programs it runs, in the words of target files. */
  readonly architecture: string;
  /** Absolute path. */
  readonly path: string;
  /** What it takes to run an artifact by it. Absent: not looked for, since no toolchain runs anything by this one here. */
  readonly running?: EmulatedSystem | { readonly why: string };
}

/** An emulator that was tried, with a C library for its programs. */
export interface EmulatedSystem {
  /** The emulator's own version: `7.2.22`. */
  readonly version: string;
  /** Names of the CPUs it can be (`-cpu`). */
  readonly cpus: readonly string[];
  /** Absolute folder in whose lib/ its programs find their loader and libraries (`-L`); `/` where they lie among the machine's own. */
  readonly root: string;
  /** Absolute paths that a command must see to use them: the emulator's own, and the folders of libraries. */
  readonly shown: readonly string[];
  /** `Debian GLIBC 2.36-8`. */
  readonly libc: string;
}

/** How an artifact is run in place of a CPU that is not here. */
export interface Emulation extends EmulatedSystem {
  readonly name: string;
  readonly path: string;
  /** The one of `cpus` that is emulated. */
  readonly cpu: string;
}
