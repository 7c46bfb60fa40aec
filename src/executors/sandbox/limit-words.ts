import { existsSync, readFileSync } from "node:fs";
import { release } from "node:os";
import type { Limits, SandboxIsolation } from "../../domain/command.ts";

/** What this machine and this process allow to be limited. */
export interface LimitMeans {
  /** Absolute path of util-linux's prlimit; null where it is not. */
  readonly prlimit: string | null;
  /** Hard limits that this process itself is under; Infinity where there is none. */
  readonly own: { readonly fileBytes: number; readonly processes: number };
  /** The kernel counts processes per user and user namespace, and does not spare this user. */
  readonly countsProcesses: boolean;
}

/**
 * The words that put a command under the kernel's own limits, between the wrapper and the command. Processes are looked after by
 * Fettle; the kernel's limit, twice as high, is for a bomb that leaves Fettle no time to look. Without a user namespace it would count
 * all that the user runs.
 */
export function limitWords(limits: Limits, isolation: SandboxIsolation, means: LimitMeans): string[] {
  if (means.prlimit === null) return [];
  const fileBytes = Math.min(limits.outputBytes, means.own.fileBytes);
  const processes = Math.min(2 * limits.processes, means.own.processes);
  const counted = means.countsProcesses && isolation !== "process";
  return [means.prlimit, `--fsize=${fileBytes}:${fileBytes}`, ...(counted ? [`--nproc=${processes}:${processes}`] : []), "--"];
}

const PRLIMIT = ["/usr/bin/prlimit", "/bin/prlimit"];
/** Since then the kernel counts a user's processes in each user namespace apart. */
const COUNTS_PER_NAMESPACE: readonly [number, number] = [5, 14];

export function readLimitMeans(): LimitMeans {
  const table = readFileSync("/proc/self/limits", "utf8");
  const [major = 0, minor = 0] = release().split(".").map(Number);
  const isNew = major > COUNTS_PER_NAMESPACE[0] || (major === COUNTS_PER_NAMESPACE[0] && minor >= COUNTS_PER_NAMESPACE[1]);
  return {
    prlimit: PRLIMIT.find((path) => existsSync(path)) ?? null,
    own: { fileBytes: hardLimit(table, "Max file size"), processes: hardLimit(table, "Max processes") },
    countsProcesses: isNew && process.getuid?.() !== 0,
  };
}

// The table's columns: soft limit, hard limit, unit.
function hardLimit(table: string, name: string): number {
  const hard = new RegExp(`^${name}\\s+\\S+\\s+(\\S+)`, "m").exec(table)?.[1];
  return hard === undefined || hard === "unlimited" ? Number.POSITIVE_INFINITY : Number(hard);
}
