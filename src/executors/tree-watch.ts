import type { CommandExit, Limits } from "../domain/command.ts";
import { processTree, proportionalBytes, residentBytes } from "./process-tree.ts";

/** Short enough to catch a hog that fills 1 GB/s before it takes the machine, long enough to cost nothing (under 1 ms a look). */
const INTERVAL_MS = 150;
/** The first looks come sooner, so that a short command has a peak too. */
const FIRST_LOOK_MS = 10;

export interface TreeWatch {
  /** Highest resident bytes of the whole tree seen so far. */
  readonly peakBytes: number;
  stop(): void;
}

/** What the kernel counts of a command's processes. */
export interface GroupFigures {
  /** Processes and threads now; null where they are not counted. */
  threads(): number | null;
  /** Its processes now. */
  processes(): readonly number[];
  /** Highest bytes held, once the kernel has killed one of them for memory; null before. */
  outOfMemory(): number | null;
}

export interface WatchedTree {
  readonly pid: number;
  readonly group: GroupFigures | null;
}

export type Excess = Extract<CommandExit["stopped"], "out-of-memory" | "too-many-processes">;

/**
 * Watches a process tree; calls `onExceeded` once when its resident memory or the number of its processes and threads is over the
 * limit. Pages shared by several processes are counted once before anything is called too large. A group, where there is one, is asked first: it
 * sees more, and answers at once.
 */
export function watchTree(watched: WatchedTree, limits: Limits, onExceeded: (excess: Excess) => void): TreeWatch {
  const { pid, group } = watched;
  let peakBytes = 0;
  let pause = FIRST_LOOK_MS;
  const look = () => {
    if (group?.outOfMemory() != null) return onExceeded("out-of-memory");
    if ((group?.threads() ?? 0) > limits.processes) return onExceeded("too-many-processes");
    const { pids, threads } = inGroup(group, pid) ?? processTree(pid, limits.processes);
    // What grows without end is not looked at closely: that would give it the time to grow.
    if (threads > limits.processes) return onExceeded("too-many-processes");
    const use = memoryOf(pids);
    peakBytes = Math.max(peakBytes, use.peak);
    if (use.now > limits.memoryBytes && sharedOnce(pids, use.now) > limits.memoryBytes) return onExceeded("out-of-memory");
    pause = Math.min(2 * pause, INTERVAL_MS);
    timer = setTimeout(look, pause);
  };
  let timer = setTimeout(look, pause);
  return {
    get peakBytes() {
      return peakBytes;
    },
    stop: () => clearTimeout(timer),
  };
}

/** Null while the command has not entered the group, or where it cannot. */
function inGroup(group: GroupFigures | null, pid: number): { readonly pids: readonly number[]; readonly threads: number } | null {
  const pids = group?.processes() ?? [];
  return pids.includes(pid) ? { pids, threads: pids.length } : null;
}

function memoryOf(pids: readonly number[]): { now: number; peak: number } {
  let now = 0;
  let largest = 0;
  for (const pid of pids) {
    const bytes = residentBytes(pid);
    now += bytes?.now ?? 0;
    largest = Math.max(largest, bytes?.peak ?? 0);
  }
  // The kernel keeps each process's own high-water mark, which a look may have missed.
  return { now, peak: Math.max(now, largest) };
}

function sharedOnce(pids: readonly number[], fallback: number): number {
  let sum = 0;
  for (const pid of pids) {
    const bytes = proportionalBytes(pid);
    if (bytes === null && residentBytes(pid) !== null) return fallback;
    sum += bytes ?? 0;
  }
  return sum;
}
