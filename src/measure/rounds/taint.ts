import { percent } from "../numbers.ts";
import type { HostSample } from "./host-sample.ts";

/**
 * Foreign load, as a share of all CPUs, from which on a round is not trusted. /proc/stat counts in ticks of 10 ms per CPU:
 * 2.5 % of a round of 0.4 s, and a worker's own work between inferences a few per cent more. A tenth is clearly above both.
 */
const FOREIGN_SHARE = 0.1;
/** Of all CPU time. Counted by the hypervisor, so any that shows is real; some clouds always have a little. */
const STOLEN_SHARE = 0.02;
/**
 * The probe's arithmetic took within 1 % of the same time before and after a quiet round, and within 3 % beside a busy
 * program (Zen 3, 2 CPUs); a tenth is a clock that changed by several steps.
 */
const CLOCK_CHANGE = 0.1;
/** Shorter rounds than this many ticks say nothing about foreign load. */
const SHORTEST_NS = 100e6;

/**
 * Why a round cannot be trusted, in a few words; null when nothing speaks against it. `workerNs` is the processor time of
 * the two workers in it.
 */
export function taintOf(before: HostSample, after: HostSample, workerNs: number): string | null {
  const wallNs = after.atNs - before.atNs;
  const machineNs = wallNs * after.cpus;
  const grown = (key: "busyNs" | "stolenNs" | "throttledNs" | "thermalEvents"): number => (after[key] ?? 0) - (before[key] ?? 0);
  if (grown("throttledNs") > 0) return "the CPU quota ran out";
  if (grown("thermalEvents") > 0) return "a core was throttled for heat";
  if (wallNs >= SHORTEST_NS) {
    const foreign = (grown("busyNs") - workerNs - (after.ownNs - before.ownNs)) / machineNs;
    if (before.busyNs !== null && after.busyNs !== null && foreign > FOREIGN_SHARE)
      return `other programs used ${percent(foreign)} of the CPUs`;
    const stolen = grown("stolenNs") / machineNs;
    if (stolen > STOLEN_SHARE) return `the hypervisor took ${percent(stolen)} of the CPUs`;
  }
  const change = Math.abs(after.spinNs / before.spinNs - 1);
  return change > CLOCK_CHANGE ? `the CPU's speed changed by ${percent(change)}` : null;
}
