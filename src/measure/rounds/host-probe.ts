import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { HostProbe, HostSample } from "./host-sample.ts";

/** Where the probe reads; other roots are for hosts that mount these elsewhere, and for tests. */
export interface HostPaths {
  readonly proc: string;
  readonly sys: string;
}

/** USER_HZ: the unit of /proc/stat on every Linux this runs on, whatever the kernel's own tick is. */
const TICK_NS = 10e6;

/** Watches this Linux host through /proc and /sys. What a host does not show stays null; nothing here fails. */
export function createHostProbe(paths: HostPaths = { proc: "/proc", sys: "/sys" }): HostProbe {
  const thermal = thermalFiles(paths.sys);
  const sample = (): HostSample => {
    const spinNs = spin();
    const { user, system } = process.cpuUsage();
    return {
      atNs: Number(process.hrtime.bigint()),
      spinNs,
      ownNs: (user + system) * 1e3,
      ...cpuTimes(paths.proc),
      throttledNs: throttledTime(paths),
      thermalEvents: thermal.length === 0 ? null : thermal.reduce((sum, file) => sum + (readNumber(file) ?? 0), 0),
    };
  };
  return { sample };
}

/** From the first line of /proc/stat: `cpu user nice system idle iowait irq softirq steal guest guest_nice`. */
function cpuTimes(proc: string): Pick<HostSample, "cpus" | "busyNs" | "stolenNs"> {
  const text = readText(join(proc, "stat"));
  const total = /^cpu\s+(.*)$/m
    .exec(text ?? "")?.[1]
    ?.split(/\s+/)
    .map(Number);
  if (text === null || total === undefined) return { cpus: availableParallelism(), busyNs: null, stolenNs: null };
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = total;
  const cpus = text.match(/^cpu\d+/gm)?.length ?? availableParallelism();
  return { cpus, busyNs: (user + nice + system + irq + softirq) * TICK_NS, stolenNs: steal * TICK_NS };
}

/** `throttled_usec` of this process's control group, version 2. */
function throttledTime({ proc, sys }: HostPaths): number | null {
  const group = /^0::(.*)$/m.exec(readText(join(proc, "self/cgroup")) ?? "")?.[1];
  if (group === undefined) return null;
  const statistics = readText(join(sys, "fs/cgroup", group, "cpu.stat"));
  const throttled = /^throttled_usec (\d+)$/m.exec(statistics ?? "")?.[1];
  return throttled === undefined ? null : Number(throttled) * 1e3;
}

function thermalFiles(sys: string): string[] {
  const folder = join(sys, "devices/system/cpu");
  return listFolder(folder)
    .filter((name) => /^cpu\d+$/.test(name))
    .map((name) => join(folder, name, "thermal_throttle/core_throttle_count"))
    .filter((file) => readNumber(file) !== null);
}

const SPINS = 5;
const SPIN_STEPS = 200_000;

/**
 * The least of several timings of a chain of multiplications (about 0.3 ms each): interruptions make one longer, only the
 * clock makes all.
 */
function spin(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < SPINS; attempt++) {
    const start = process.hrtime.bigint();
    let value = attempt + 1;
    for (let step = 0; step < SPIN_STEPS; step++) value = Math.imul(value, 0x9e3779b1) ^ step;
    const took = Number(process.hrtime.bigint() - start);
    // The value is used, so that the loop is not dropped.
    least = Math.min(least, took + (value === 0 ? 1 : 0));
  }
  return least;
}

function readNumber(file: string): number | null {
  const text = readText(file);
  return text === null || text.trim() === "" || Number.isNaN(Number(text)) ? null : Number(text);
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
