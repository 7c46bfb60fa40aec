import { join } from "node:path";
import { readTextOrEmpty } from "../../system/read-text.ts";

/**
 * How often the kernel has ended a process of a container for want of memory: the container goes on after that, and its first
 * process may never hear of it. Null where the container's control group cannot be read.
 *
 * @param pid the container's first process, as this machine numbers it
 */
export function containerOomKills(pid: number): number | null {
  for (const line of readTextOrEmpty(`/proc/${pid}/cgroup`).split("\n")) {
    const [, controllers = "-", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    const kills = /^oom_kill (\d+)$/m.exec(readTextOrEmpty(figuresFile(controllers, path)))?.[1];
    if (kills !== undefined) return Number(kills);
  }
  return null;
}

// The second version has one tree for all controllers, without a name.
function figuresFile(controllers: string, path: string): string {
  if (controllers === "") return join("/sys/fs/cgroup", path, "memory.events");
  return join("/sys/fs/cgroup", controllers, path, "memory.oom_control");
}
