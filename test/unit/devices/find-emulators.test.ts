import { expect, test } from "vitest";
import { findEmulators } from "../../../src/devices/find-emulators.ts";
import { type MachineCopy, machineCopy } from "../../rig/machine-copy.ts";

/** Answers as QEMU 7.2 does; what it is told to load it takes as loaded. */
const QEMU = `case "$1" in
--version) echo "qemu-aarch64 version 7.2.22 (Debian 1:7.2+dfsg-7)" ;;
-cpu) printf 'Available CPUs:\\n  cortex-a53\\n  cortex-a76\\n  max\\n'; exit 1 ;;
-L) [ "$4" = --list ] && [ -e "$5" ] ;;
esac`;
const CROSS = {
  "usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1": "",
  "usr/aarch64-linux-gnu/lib/libc.so.6": "\0\x01GNU C Library (Debian GLIBC 2.36-8) stable release version 2.36.\n",
  "usr/aarch64-linux-gnu/lib/libstdc++.so.6": "",
};

async function running(machine: MachineCopy) {
  const copy = machineCopy(machine);
  const [found] = await findEmulators(copy, "x64");
  const running = found?.running ?? expect.fail("it was not tried");
  return { found, running, ...copy };
}

test("emulators on the PATH, the one that needs nothing else first", async () => {
  const machine = machineCopy({ programs: { "qemu-x86_64": "", "qemu-x86_64-static": "", "qemu-riscv64": "" } });
  expect(await findEmulators(machine, "arm64")).toEqual([
    { name: "qemu-x86_64", architecture: "x86-64", path: `${machine.env.PATH}/qemu-x86_64-static` },
    { name: "qemu-riscv64", architecture: "riscv64", path: `${machine.env.PATH}/qemu-riscv64` },
  ]);
});

test("qemu-aarch64 with Debian's cross packages: what it is, what it can be, and what a command must see", async () => {
  const { running: found, root, env } = await running({ programs: { "qemu-aarch64-static": QEMU }, files: CROSS });
  expect(found).toEqual({
    ...{ version: "7.2.22", cpus: ["cortex-a53", "cortex-a76", "max"], libc: "Debian GLIBC 2.36-8" },
    root: `${root}/usr/aarch64-linux-gnu`,
    shown: [`${env.PATH}/qemu-aarch64-static`, `${root}/usr/aarch64-linux-gnu/lib`],
  });
});

test("a root folder that the user names comes first, and multiarch libraries among the machine's own last", async () => {
  const named = Object.fromEntries(Object.entries(CROSS).map(([path, text]) => [path.replace("usr/aarch64-linux-gnu", "arm"), text]));
  const copy = machineCopy({ programs: { "qemu-aarch64": QEMU }, files: { ...CROSS, ...named } });
  const [found] = await findEmulators({ ...copy, env: { ...copy.env, QEMU_LD_PREFIX: `${copy.root}/arm` } }, "x64");
  expect(found?.running).toMatchObject({ root: `${copy.root}/arm` });

  const multiarch = {
    "lib/ld-linux-aarch64.so.1": "",
    "usr/lib/aarch64-linux-gnu/libc.so.6": CROSS["usr/aarch64-linux-gnu/lib/libc.so.6"],
    "usr/lib/aarch64-linux-gnu/libstdc++.so.6": "",
  };
  const { running: own, root } = await running({ programs: { "qemu-aarch64": QEMU }, files: multiarch });
  expect(own).toMatchObject({ root, libc: "Debian GLIBC 2.36-8" });
});

test("an emulator without libraries, or with ones it does not run, says which", async () => {
  const programs = { "qemu-aarch64": QEMU };
  const without = await running({ programs });
  expect(without.running).toEqual({ why: "qemu-aarch64 is here, and no C library for the programs it runs" });

  const { "usr/aarch64-linux-gnu/lib/libstdc++.so.6": _, ...onlyC } = CROSS;
  const half = await running({ programs, files: onlyC });
  expect(half.running).toEqual({
    why: `qemu-aarch64 is here, and no C++ library for the programs it runs in ${half.root}/usr/aarch64-linux-gnu`,
  });

  const refuses = `${QEMU.replace('[ "$4" = --list ] && [ -e "$5" ]', "echo 'wrong ELF class' >&2; exit 127")}`;
  const broken = await running({ programs: { "qemu-aarch64": refuses }, files: CROSS });
  expect(broken.running).toEqual({
    why: `qemu-aarch64 7.2.22 does not run the C library in ${broken.root}/usr/aarch64-linux-gnu (wrong ELF class)`,
  });
});

test("a program that is no QEMU, and a library that does not say its version", async () => {
  const stranger = await running({ programs: { "qemu-aarch64": "exit 0" }, files: CROSS });
  expect(stranger.running).toEqual({ why: `${stranger.env.PATH}/qemu-aarch64 does not say which version of qemu-aarch64 it is` });
  const silent = await running({
    programs: { "qemu-aarch64": QEMU },
    files: { ...CROSS, "usr/aarch64-linux-gnu/lib/libc.so.6": "musl" },
  });
  expect(silent.running).toEqual({ why: `the C library in ${silent.root}/usr/aarch64-linux-gnu does not say which version it is` });
});
