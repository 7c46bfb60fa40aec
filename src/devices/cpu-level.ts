/**
 * The x86-64 micro-architecture levels: what each adds to the one before, by the names of /proc/cpuinfo.
 *
 * Source: x86-64 psABI, "Micro-Architecture Levels" (table 3.1). The kernel's names differ for some: SSE3 is `pni`, LAHF-SAHF `lahf_lm`,
 * CMPXCHG16B `cx16`, LZCNT `abm`; OSXSAVE shows as `xsave`, which the kernel lists only when it has enabled it.
 */
export const CPU_LEVELS = [
  { name: "x86-64", adds: ["cmov", "cx8", "fpu", "fxsr", "mmx", "sse", "sse2"] },
  { name: "x86-64-v2", adds: ["cx16", "lahf_lm", "pni", "popcnt", "sse4_1", "sse4_2", "ssse3"] },
  { name: "x86-64-v3", adds: ["abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe", "xsave"] },
  { name: "x86-64-v4", adds: ["avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl"] },
] as const;

/** Highest level a CPU with these features (names of /proc/cpuinfo) meets; `x86-64` at the least. */
export function x86Level(features: readonly string[]): string {
  const has = new Set(features);
  let level: string = CPU_LEVELS[0].name;
  for (const { name, adds } of CPU_LEVELS) {
    if (!adds.every((feature) => has.has(feature))) break;
    level = name;
  }
  return level;
}
