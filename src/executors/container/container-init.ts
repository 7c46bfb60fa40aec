import { readdirSync } from "node:fs";
import { readTextOrEmpty } from "../../system/read-text.ts";

/**
 * The process of this machine that is process 1 of a container; its descendants are all the container's processes. Null where the
 * engine runs them elsewhere (a virtual machine) or /proc hides them.
 *
 * @param id the engine's full id: 64 hex digits, part of the path of the container's control group in every engine and driver.
 */
export function containerInit(id: string): number | null {
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    if (readTextOrEmpty(`/proc/${name}/cgroup`).includes(id) && isFirst(readTextOrEmpty(`/proc/${name}/status`))) return Number(name);
  }
  return null;
}

// Its ids in all namespaces, outermost first: more than one, the innermost of them 1. The engine's own helpers have one.
function isFirst(status: string): boolean {
  const ids = /^NSpid:\s*(.+)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
  return ids.length > 1 && ids.at(-1) === "1";
}
