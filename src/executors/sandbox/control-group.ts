import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Limits } from "../../domain/command.ts";
import type { CommandGroup } from "../supervise.ts";

/** A group of processes that the kernel itself counts and holds to limits, whatever they do to get away. */
export interface ControlGroup extends CommandGroup {
  /** The words that start a command inside. */
  enter(argv: readonly string[]): string[];
}

/** Where groups can be made: a folder of the version 2 hierarchy, or one for each controller of version 1. */
export type GroupBases = readonly string[];

const ROOT = "/sys/fs/cgroup";
const PREFIX = "fettle-";
/** Fettle's own watch says clearly what was too much, so the kernel's limits lie above. */
const SLACK = { memory: 1.1, processes: 2 };
const REMOVE_MS = 2000;
/** Its words: how many groups, the groups, the command. A group that cannot be entered leaves the command to Fettle's watch alone. */
const ENTER = 'n=$1; shift; while [ "$n" -gt 0 ]; do echo 0 >"$1/cgroup.procs"; shift; n=$((n - 1)); done 2>/dev/null; exec "$@"';

let made = 0;

/**
 * The folders where this process may make groups beside or below its own: root may, and so may a user whose session a systemd user manager
 * keeps. Takes away what dead processes left.
 *
 * @param own this process's groups, as /proc/self/cgroup lists them
 */
export function findGroupBases(root: string = ROOT, own: string = read("/proc/self", "cgroup")): GroupBases {
  const bases = existsSync(join(root, "cgroup.controllers")) ? secondVersion(root, own) : firstVersion(root, own);
  for (const base of bases) sweep(base);
  return bases;
}

// A group that has processes cannot have groups with limits below it, so ours go beside: not where they would get out of a limit.
function secondVersion(root: string, table: string): GroupBases {
  const own = /^0::(.*)$/m.exec(table)?.[1];
  if (own === undefined) return [];
  const limits = ["memory.max", "memory.high", "cpu.max", "cpuset.cpus"].map((name) => read(join(root, own), name).trim());
  return limits.every((limit) => limit === "" || limit.split(" ")[0] === "max") ? [join(root, dirname(own))] : [];
}

// Below our own group, each controller in a hierarchy of its own: `5:cpu,cpuacct:/path`.
function firstVersion(root: string, table: string): GroupBases {
  const lines = table.split("\n").map((line) => line.split(":"));
  return ["pids", "memory", "cpu"].flatMap((name) => {
    const path = lines.find(([, controllers]) => controllers?.split(",").includes(name))?.[2];
    return path === undefined ? [] : [resolve(root, name, `.${path}`)];
  });
}

/** Makes a group with a command's limits; null where none can be made. */
export function makeControlGroup(bases: GroupBases, limits: Limits): ControlGroup | null {
  made += 1;
  const folders = bases.map((base) => join(base, `${PREFIX}${process.pid}-${made}`)).filter((folder) => makeFolder(folder, limits));
  if (folders.length === 0) return null;
  let atEnd: number | null = null;
  return {
    enter: (argv) => ["sh", "-c", ENTER, "sh", String(folders.length), ...folders, ...argv],
    threads: () => firstNumber(folders, "pids.current", /^(\d+)/),
    processes: () => folders.slice(0, 1).flatMap(processesIn),
    outOfMemory: () => atEnd ?? memoryPeak(folders),
    kill: () => {
      for (const folder of folders) killAll(folder);
    },
    remove: async () => {
      atEnd = memoryPeak(folders);
      await removeFolders(folders);
    },
  };
}

function makeFolder(folder: string, { processes, memoryBytes }: Limits): boolean {
  try {
    mkdirSync(folder);
  } catch {
    return false;
  }
  const memory = String(Math.floor(memoryBytes * SLACK.memory));
  const limited = [
    write(folder, "pids.max", String(Math.ceil(processes * SLACK.processes))),
    write(folder, "memory.max", memory),
    write(folder, "memory.limit_in_bytes", memory),
    // The usual share, for all of them together: else each session that a bomb makes has the share that Fettle has, which must get to look.
    write(folder, "cpu.shares", "1024"),
  ];
  if (!limited.includes(true)) {
    removeNow(folder);
    return false;
  }
  write(folder, "memory.swap.max", "0");
  // One that is killed for memory takes the others along: half a command gives no result.
  write(folder, "memory.oom.group", "1");
  return true;
}

/** The names of both versions of the hierarchy, the second's first. */
function memoryPeak(folders: readonly string[]): number | null {
  const pattern = /^oom_kill (\d+)$/m;
  const kills = firstNumber(folders, "memory.events", pattern) ?? firstNumber(folders, "memory.oom_control", pattern);
  if (kills === null || kills === 0) return null;
  return firstNumber(folders, "memory.peak", /^(\d+)/) ?? firstNumber(folders, "memory.max_usage_in_bytes", /^(\d+)/) ?? 0;
}

function firstNumber(folders: readonly string[], file: string, pattern: RegExp): number | null {
  for (const folder of folders) {
    const found = pattern.exec(read(folder, file))?.[1];
    if (found !== undefined) return Number(found);
  }
  return null;
}

// A fork that the kernel refuses cannot outrun us; without `cgroup.kill` (before Linux 5.14) they are killed one by one.
function killAll(folder: string): void {
  write(folder, "pids.max", "0");
  if (write(folder, "cgroup.kill", "1")) return;
  for (const pid of processesIn(folder)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Already gone.
    }
  }
}

/** Waits until its processes have ended; what cannot be removed then is swept by another run. */
async function removeFolders(folders: readonly string[]): Promise<void> {
  const end = performance.now() + REMOVE_MS;
  for (;;) {
    if (folders.map(removeNow).every(Boolean) || performance.now() > end) return;
    for (const folder of folders) killAll(folder);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** True when it is not there any more. */
function removeNow(folder: string): boolean {
  try {
    rmdirSync(folder);
  } catch {
    return !existsSync(folder);
  }
  return true;
}

function sweep(base: string): void {
  if (!existsSync(base)) return;
  for (const name of readdirSync(base)) {
    const [, pid] = /^fettle-(\d+)-\d+$/.exec(name) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) removeNow(join(base, name));
  }
}

function processesIn(folder: string): number[] {
  return read(folder, "cgroup.procs").split("\n").filter(Boolean).map(Number);
}

function read(folder: string, file: string): string {
  try {
    return readFileSync(join(folder, file), "utf8");
  } catch {
    return "";
  }
}

/** False for a setting that this kernel or this group does not have. */
function write(folder: string, setting: string, value: string): boolean {
  const path = join(folder, setting);
  if (!existsSync(path)) return false;
  try {
    writeFileSync(path, value);
    return true;
  } catch {
    return false;
  }
}
