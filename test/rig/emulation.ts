import { chmodSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findEmulators } from "../../src/devices/find-emulators.ts";
import { scratchFolder } from "./scratch.ts";

const found = await findEmulators({ root: "/", env: process.env });
const running = found.find(({ architecture }) => architecture === "aarch64")?.running;

/** Whether this machine runs programs for 64-bit Arm by an emulator. */
const EMULATES_ARM = running !== undefined && !("why" in running);

/** What is needed is said loudly where it is not here; where FETTLE_TEST_EMULATION is set, the tests run and fail. */
export function armEmulation(): boolean {
  if (!EMULATES_ARM) {
    const why = running !== undefined && "why" in running ? running.why : "no qemu-aarch64";
    process.stderr.write(`\nNOT RUN: what needs an emulator of 64-bit Arm (${why}).\n`);
    process.stderr.write("  apt-get install qemu-user-static libc6-arm64-cross libstdc++6-arm64-cross\n");
  }
  return EMULATES_ARM || process.env.FETTLE_TEST_EMULATION === "1";
}

/**
 * A PATH whose qemu-aarch64 is a shell script. `$QEMU` in it is the real one, and its words are those that the real one would get.
 */
export function pathWithQemu(script: string): string {
  const folder = scratchFolder("qemu");
  const real = found.find(({ architecture }) => architecture === "aarch64")?.path ?? "qemu-aarch64";
  const program = join(folder, "qemu-aarch64-static");
  writeFileSync(program, `#!/bin/sh\nQEMU=${real}\n${script}\n`);
  chmodSync(program, 0o755);
  return `${folder}:${process.env.PATH ?? ""}`;
}

/** A PATH with all of the system's programs but its emulators. */
export function pathWithoutQemu(): string {
  const folder = scratchFolder("programs");
  for (const from of ["/usr/bin", "/usr/local/bin"]) {
    for (const name of readdirSync(from).filter((each) => !each.startsWith("qemu-"))) {
      symlink(join(from, name), join(folder, name));
    }
  }
  return folder;
}

// The first folder's program wins, as on a PATH.
function symlink(program: string, at: string): void {
  try {
    symlinkSync(program, at);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
