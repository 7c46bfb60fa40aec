import { execFileSync, spawnSync } from "node:child_process";
import { onTestFinished, type TestContext } from "vitest";
import { scratchFolder } from "./scratch.ts";

/** A folder that is a file system of its own, of a few megabytes. Needs root; without it the test says loudly that it did not run. */
export async function mountSmallDisk(context: TestContext, megabytes: number): Promise<string> {
  const path = scratchFolder("disk");
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", path], { encoding: "utf8" });
  if (mounted.status !== 0) {
    const why = `NOT RUN, a small disk cannot be mounted here: ${mounted.stderr.trim()}`;
    process.stderr.write(`\n${context.task.name}: ${why}\n`);
    context.skip(why);
  }
  onTestFinished(() => void execFileSync("umount", ["--lazy", path]));
  return path;
}

export function remountReadOnly(path: string): void {
  execFileSync("mount", ["-o", "remount,ro", path]);
}
