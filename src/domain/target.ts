export type Architecture = "x86-64" | "aarch64";

/** A kind of hardware to produce for: one YAML file under targets/. */
export interface Target {
  readonly name: string;
  readonly title: string;
  readonly device: "cpu";
  readonly architecture: Architecture;
  /**
   * The CPU to generate code for, by the name LLVM and GCC use: `x86-64`, `x86-64-v3`, `cortex-a76`. `native` in a target
   * file is replaced by the host's level while the recipe is loaded, so a Target that reaches the planner never says `native`.
   */
  readonly cpu: string;
  /** Features (names of /proc/cpuinfo) an artifact for this target may rely on, sorted. */
  readonly features: readonly string[];
  /** C library the target runs, where shared libraries are linked for it. */
  readonly system: { readonly libc: "glibc"; readonly version: string };
}
