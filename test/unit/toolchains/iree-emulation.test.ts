import { expect, test } from "vitest";
import type { Host } from "../../../src/domain/host.ts";
import type { CpuTarget } from "../../../src/domain/target.ts";
import { iree } from "../../../src/toolchains/iree/index.ts";
import { HOST } from "../../rig/recipe-folder.ts";

const ARM: CpuTarget = {
  ...{ name: "arm", title: "Arm", device: "cpu", architecture: "aarch64", cpu: "generic", features: ["asimd", "fp"] },
  system: { libc: "glibc", version: "2.28" },
};
const running = { version: "7.2.22", cpus: ["cortex-a53"], root: "/arm", shown: [], libc: "Debian GLIBC 2.36-8" };
const WITH_QEMU: Host = { ...HOST, emulators: [{ name: "qemu-aarch64", architecture: "aarch64", path: "/qemu", running }] };

const asked = (options = {}) => ({ target: ARM, precision: "float32", options: iree.options.parse(options) }) as const;

test("what is made for 64-bit Arm is emulated where that works, and not where the recipe forbids it", () => {
  expect(iree.canRun(asked(), WITH_QEMU)).toEqual({ yes: true, how: "emulated", by: "qemu-aarch64" });
  expect(iree.canRun(asked(), HOST)).toMatchObject({ yes: false, why: expect.stringContaining("apt-get install") });
  expect(iree.canRun(asked({ emulate: false }), WITH_QEMU)).toEqual({ yes: false, why: "the recipe says `emulate: false`" });
});

test("on 64-bit Arm itself it runs, whatever emulators there are", () => {
  expect(iree.canRun(asked({ emulate: false }), { ...WITH_QEMU, architecture: "aarch64" })).toEqual({ yes: true });
});

test("whether it is emulated decides nothing of what is compiled", () => {
  expect(iree.compileOptions(asked({ emulate: false }))).toEqual(iree.compileOptions(asked()));
});
