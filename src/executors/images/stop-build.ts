import { readFileSync, readlinkSync } from "node:fs";
import { processTree } from "../process-tree.ts";
import type { SpawnedProcess } from "../spawn.ts";

const LOOK_MS = 100;
/** A build that has not ended by then is ended without tidying up after itself. */
const PATIENCE_MS = 15_000;
/** A build has fewer processes. */
const MOST_THREADS = 10_000;

/**
 * Ends a build of podman's so that it tidies up. Signalled, podman leaves its half-made containers in its storage for ever; a step that
 * fails makes it remove them. So the processes of the step end: those below podman that have a process table of their own, but for the
 * first of each table, whose violent end podman takes for a good one; it fails by itself when what it waits for is killed.
 */
export function stopPodmanBuild(client: SpawnedProcess): void {
  const timer = setInterval(() => {
    for (const pid of processesInside(client.pid)) kill(pid);
  }, LOOK_MS);
  const patience = setTimeout(() => client.kill("SIGKILL"), PATIENCE_MS);
  void client.ended.then(() => {
    clearInterval(timer);
    clearTimeout(patience);
  });
}

function processesInside(pid: number): number[] {
  const own = processTable(process.pid);
  return processTree(pid, MOST_THREADS).pids.filter((each) => {
    const table = processTable(each);
    return table !== null && table !== own && !isFirst(each);
  });
}

// The last of its numbers is the one in its own table.
function isFirst(pid: number): boolean {
  try {
    return /^NSpid:.*\t1$/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return true;
  }
}

function processTable(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return null;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}
