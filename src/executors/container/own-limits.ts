import { readFileSync } from "node:fs";
import type { Limits } from "../../domain/command.ts";
import type { ContainerLimits } from "./run-argv.ts";

/** What podman can set for a command's user even where root itself may not raise limits; it fails on more. */
const MOST_USER_PROCESSES = 4096;

/**
 * Above the limit that Fettle's own watch holds the whole tree to, since the kernel ends only one process of several: it is for
 * what takes memory faster than the watch looks.
 */
const MEMORY_HEADROOM = 1.25;
/** The same for processes: where the kernel refuses to fork, a bomb goes on trying until its time is over. */
const PROCESSES_HEADROOM = 2;

/** A container's limits: the command's, and those Fettle itself is under. */
export function ownLimits({ memoryBytes, processes, outputBytes }: Limits): ContainerLimits {
  const status = readFileSync("/proc/self/status", "utf8");
  const limits = readFileSync("/proc/self/limits", "utf8");
  return {
    memoryBytes: Math.ceil(memoryBytes * MEMORY_HEADROOM),
    processes: PROCESSES_HEADROOM * processes,
    fileBytes: Math.min(outputBytes, hardLimit(limits, "Max file size", Number.MAX_SAFE_INTEGER)),
    processors: /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? "0",
    files: hardLimit(limits, "Max open files"),
    userProcesses: Math.min(MOST_USER_PROCESSES, hardLimit(limits, "Max processes")),
  };
}

const UNLIMITED = 1 << 20;

// The table's columns: soft limit, hard limit.
function hardLimit(table: string, name: string, none = UNLIMITED): number {
  const hard = new RegExp(`^${name}\\s+\\S+\\s+(\\S+)`, "m").exec(table)?.[1];
  return hard === undefined || hard === "unlimited" ? none : Number(hard);
}
