import { expect, test } from "vitest";
import { CPU_LEVELS, x86Level } from "../../../src/devices/cpu-level.ts";
import { describeHost } from "../../../src/devices/probe-host.ts";

const upTo = (count: number) => CPU_LEVELS.slice(0, count).flatMap(({ adds }) => [...adds]);

test.each([
  [1, "x86-64"],
  [2, "x86-64-v2"],
  [3, "x86-64-v3"],
  [4, "x86-64-v4"],
])("a CPU with all features of %i levels is %s", (count, name) => {
  expect(x86Level(upTo(count))).toBe(name);
});

test("one missing feature is a level less, however many of the higher ones are there", () => {
  expect(x86Level(upTo(4).filter((feature) => feature !== "movbe"))).toBe("x86-64-v2");
});

test("features of no level change nothing", () => {
  expect(x86Level([...upTo(3), "avx512f", "amx_int8"])).toBe("x86-64-v3");
});

test("/proc/cpuinfo of an Arm machine", () => {
  const text = "processor\t: 0\nBogoMIPS\t: 100.00\nFeatures\t: fp asimd crc32 atomics\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n";
  expect(describeHost(text, { arch: "arm64", cores: 4, memoryBytes: 8e9, kernel: "6.1.0" })).toEqual({
    architecture: "aarch64",
    cpuModel: "implementer 0x41 part 0xd0c",
    cores: 4,
    cpuFeatures: ["asimd", "atomics", "crc32", "fp"],
    cpuLevel: "aarch64",
    memoryBytes: 8e9,
    kernel: "6.1.0",
  });
});

test("/proc/cpuinfo of an x86 machine", () => {
  const text = `processor\t: 0\nmodel name\t: Some CPU @ 3.1GHz\nflags\t\t: ${upTo(3).join(" ")}\nbugs\t\t: none\n\nprocessor\t: 1\nflags\t\t: other\n`;
  expect(describeHost(text, { arch: "x64", cores: 2, memoryBytes: 1e9, kernel: "6.18" })).toMatchObject({
    architecture: "x86-64",
    cpuModel: "Some CPU @ 3.1GHz",
    cpuFeatures: upTo(3).sort(),
    cpuLevel: "x86-64-v3",
  });
});
