import { randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";

/** `fettle-<process namespace>-<process>-<its start>-<random>`: tells whether the Fettle that started a container still runs. */
export function newContainerName(): string {
  return `fettle-${processNamespace()}-${process.pid}-${startOf(process.pid)}-${randomBytes(4).toString("hex")}`;
}

/** Whether a container of this name belongs to a Fettle of this machine's process table that is gone. */
export function isOrphan(name: string): boolean {
  const [, namespace, pid, start] = /^fettle-(\d+)-(\d+)-(\d+)-[0-9a-f]+$/.exec(name) ?? [];
  return namespace === processNamespace() && startOf(Number(pid)) !== start;
}

function processNamespace(): string {
  return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
}

/** When a process started, in ticks since the machine did; a number that is used again tells a process from a later one. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field, a name in parentheses, may hold anything.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
