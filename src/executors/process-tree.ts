import { readdirSync } from "node:fs";
import { readTextOrEmpty } from "../system/read-text.ts";

/**
 * A process and all its descendants as /proc shows them now, and how many threads they have together. It stops looking at more than `most`
 * threads. What left its parent is not among them: finding it by its environment would wait for every process that forks just then.
 */
export function processTree(root: number, most: number): { readonly pids: readonly number[]; readonly threads: number } {
  const found = new Set([root]);
  let threads = 0;
  // A set gives what is added while it is walked, too.
  for (const pid of found) {
    const own = listProc(`/proc/${pid}/task`);
    threads += own.length;
    if (threads > most) break;
    for (const child of childrenOf(pid, own)) found.add(child);
  }
  return { pids: [...found], threads };
}

/** Current and highest resident bytes of one process; null when it is gone or a zombie. */
export function residentBytes(pid: number): { readonly now: number; readonly peak: number } | null {
  const status = readTextOrEmpty(`/proc/${pid}/status`);
  const now = kilobytes(status, "VmRSS");
  if (now === null) return null;
  return { now, peak: kilobytes(status, "VmHWM") ?? now };
}

/** Resident bytes with shared pages divided among those who share them; null where the kernel does not tell. */
export function proportionalBytes(pid: number): number | null {
  return kilobytes(readTextOrEmpty(`/proc/${pid}/smaps_rollup`), "Pss");
}

/** Processes whose initial environment holds `name=value`: they are found even after they left their parent and session. */
export function processesMarked(name: string, value: string): number[] {
  const mark = `${name}=${value}`;
  return processIds().filter((pid) => readTextOrEmpty(`/proc/${pid}/environ`).split("\0").includes(mark));
}

/** How often the kernel has ended a process for want of memory since it started; null where it does not count. */
export function kernelOomKills(): number | null {
  const match = /^oom_kill (\d+)$/m.exec(readTextOrEmpty("/proc/vmstat"));
  return match === null ? null : Number(match[1]);
}

// Each thread has its own list of the children it forked.
function childrenOf(pid: number, threads: readonly string[]): number[] {
  const lists = threads.map((thread) => readTextOrEmpty(`/proc/${pid}/task/${thread}/children`));
  return lists.join(" ").split(" ").filter(Boolean).map(Number);
}

function processIds(): number[] {
  return listProc("/proc").map(Number).filter(Number.isInteger);
}

function kilobytes(text: string, field: string): number | null {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text);
  return match === null ? null : Number(match[1]) * 1024;
}

function listProc(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
