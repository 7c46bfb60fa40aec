import { readdirSync, readFileSync } from "node:fs";

/** Processes whose command line or environment names a folder: what a build under it has started and not ended. */
export function processesNaming(folder: string): string[] {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  return ids.map(describe).filter((text) => text.includes(folder));
}

/** Whether a process still does anything: one that has ended and that nobody waits for stays in the table for a while. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

function describe(id: string): string {
  // A process may end while it is looked at.
  try {
    return `${id}: ${readFileSync(`/proc/${id}/cmdline`, "utf8")} ${readFileSync(`/proc/${id}/environ`, "utf8")}`.replaceAll("\0", " ");
  } catch {
    return "";
  }
}
