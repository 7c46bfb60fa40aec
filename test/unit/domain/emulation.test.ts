import { expect, test } from "vitest";
import { emulatedSupport, emulationBy, emulationOf, whyNothingEmulated } from "../../../src/domain/emulation.ts";
import type { Emulator } from "../../../src/domain/emulator.ts";
import type { Host } from "../../../src/domain/host.ts";
import type { CpuTarget } from "../../../src/domain/target.ts";
import { HOST } from "../../rig/recipe-folder.ts";

const SYSTEM = {
  ...{ version: "7.2.22", cpus: ["a64fx", "cortex-a53", "cortex-a72", "cortex-a76", "max", "neoverse-n1"] },
  ...{ root: "/usr/aarch64-linux-gnu", shown: ["/usr/bin/qemu-aarch64"], libc: "Debian GLIBC 2.36-8" },
};
const arm = (cpu: string, features: readonly string[] = ["asimd", "fp"]): CpuTarget => ({
  ...{ name: "arm", title: "Arm", device: "cpu", architecture: "aarch64", cpu, features },
  system: { libc: "glibc", version: "2.28" },
});
const withQemu = (running: Emulator["running"], over: Partial<Host> = {}): Host => ({
  ...{ ...HOST, ...over },
  emulators: [{ name: "qemu-aarch64", architecture: "aarch64", path: "/usr/bin/qemu-aarch64", ...(running && { running }) }],
});
const cpuFor = (target: CpuTarget, cpus = SYSTEM.cpus) => {
  const found = emulationOf(withQemu({ ...SYSTEM, cpus }), target);
  return "why" in found ? found.why : found.cpu;
};

test("the CPU that is emulated is the target's own, or the plainest that has what it lists", () => {
  expect(cpuFor(arm("generic"))).toBe("cortex-a53");
  expect(cpuFor(arm("neoverse-n1", ["asimd", "asimddp", "fp"]))).toBe("neoverse-n1");
  expect(cpuFor(arm("cortex-a78", ["asimd", "asimddp", "asimdhp", "fp"]))).toBe("cortex-a76");
  expect(cpuFor(arm("cortex-a55", ["asimd", "crc32", "evtstrm", "fp", "ssbs"]))).toBe("cortex-a53");
});

test("`max` is the last resort, and without it nothing is emulated", () => {
  expect(cpuFor(arm("neoverse-v2", ["asimd", "fp", "sve2"]))).toBe("max");
  expect(cpuFor(arm("neoverse-v2", ["asimd", "fp", "sve2"]), ["cortex-a53"])).toBe(
    "qemu-aarch64 7.2.22 emulates no CPU that has what neoverse-v2 has",
  );
});

test("what is missing is told with the command that mends it", () => {
  const mend = "`apt-get install qemu-user-static libc6-arm64-cross libstdc++6-arm64-cross` mends that on Debian and Ubuntu";
  expect(whyNothingEmulated(HOST, "aarch64")).toBe(`nothing here emulates aarch64: ${mend}`);
  expect(whyNothingEmulated(withQemu({ why: "no C library" }), "aarch64")).toBe(`no C library: ${mend}`);
  expect(whyNothingEmulated(withQemu(SYSTEM), "aarch64")).toBeNull();
  expect(whyNothingEmulated(withQemu(undefined), "aarch64")).toBe(`nothing here emulates aarch64: ${mend}`);
  expect(whyNothingEmulated(HOST, "x86-64")).toBe("nothing here emulates x86-64");
});

test("where workers do not see this machine's programs, that is the reason", () => {
  const noEmulation = "podman's containers do not see this machine's emulators; `--executor sandbox` uses them";
  expect(emulatedSupport(withQemu(SYSTEM, { noEmulation }), arm("generic"))).toEqual({ yes: false, why: noEmulation });
});

test("a toolchain's own simulator is not taken for an emulator of the machine's", () => {
  expect(emulationBy(withQemu(SYSTEM), arm("generic"), "qemu-aarch64")).toMatchObject({ cpu: "cortex-a53", version: "7.2.22" });
  expect(emulationBy(withQemu(SYSTEM), arm("generic"), "acme simulator")).toBeNull();
  expect(emulationBy(withQemu(SYSTEM), arm("generic"), null)).toBeNull();
});
