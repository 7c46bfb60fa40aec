import { processTree, proportionalBytes, residentBytes } from "./process-tree.ts";

/** Short enough to catch a hog that fills 1 GB/s before it takes the machine, long enough to cost nothing (under 1 ms a look). */
const INTERVAL_MS = 150;
/** The first looks come sooner, so that a short command has a peak too. */
const FIRST_LOOK_MS = 10;

export interface MemoryWatch {
  /** Highest resident bytes of the whole tree seen so far. */
  readonly peakBytes: number;
  stop(): void;
}

/**
 * Watches the resident memory of a process tree; calls `onExceeded` once when it is over `limitBytes`. Pages shared by several
 * processes are counted once before anything is called too large.
 */
export function watchMemory(pid: number, limitBytes: number, onExceeded: () => void): MemoryWatch {
  let peakBytes = 0;
  let pause = FIRST_LOOK_MS;
  const look = () => {
    const use = treeMemory(pid);
    peakBytes = Math.max(peakBytes, use.peak);
    if (use.now > limitBytes && sharedOnce(use.pids, use.now) > limitBytes) return onExceeded();
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

function treeMemory(root: number): { pids: number[]; now: number; peak: number } {
  const pids = processTree(root);
  let now = 0;
  let largest = 0;
  for (const pid of pids) {
    const bytes = residentBytes(pid);
    now += bytes?.now ?? 0;
    largest = Math.max(largest, bytes?.peak ?? 0);
  }
  // The kernel keeps each process's own high-water mark, which a look may have missed.
  return { pids, now, peak: Math.max(now, largest) };
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
