import { execFileSync } from "node:child_process";
import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratchFolder } from "./scratch.ts";

/** What the starter of the program itself needs. */
const STARTER = ["readlink", "dirname"];

/**
 * A PATH with nothing on it but what is named: programs of this machine, and fakes as shell scripts. What is not named is missing, as it
 * would be on a machine without it.
 */
export function barePath(programs: readonly string[], fakes: Readonly<Record<string, string>> = {}): string {
  const folder = scratchFolder("path");
  for (const name of new Set([...STARTER, ...programs])) symlinkSync(placeOf(name), join(folder, name));
  for (const [name, script] of Object.entries(fakes)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

function placeOf(name: string): string {
  // What a version manager puts on PATH by a Python's name is a script, which needs programs of its own.
  if (name.startsWith("python")) return said(name, ["-c", "import sys; print(sys.executable)"]);
  return said("sh", ["-c", 'command -v "$1"', "sh", name]);
}

function said(program: string, words: readonly string[]): string {
  return execFileSync(program, words, { encoding: "utf8" }).trim();
}
