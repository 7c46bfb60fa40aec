import { expect, test } from "vitest";
import type { Host } from "../../../../src/domain/host.ts";
import { machineChecks } from "../../../../src/engine/doctor/check-machine.ts";
import { runChecks } from "../../../../src/engine/doctor/run-checks.ts";
import { HOST } from "../../../rig/recipe-folder.ts";

const CONTEXT = {
  env: {},
  root: "/nowhere",
  signal: new AbortController().signal,
  timeLeft: () => 1000,
  install: () => null,
  python: async () => ({ unfit: [], range: "" }),
  pip: async () => null,
};

/** What is told of a machine, by name. */
async function told(host: Partial<Host>): Promise<Record<string, string>> {
  const findings = await runChecks(machineChecks({ ...HOST, ...host }), CONTEXT);
  return Object.fromEntries(findings.map(({ name, state, detail }) => [name, `${state}: ${detail}`]));
}

test("a processor and what it can compute in", async () => {
  expect(await told({ cpuFeatures: ["avx2", "avx512f", "avx512_bf16", "amx_tile"] })).toMatchObject({
    processor: "works: Rig 1, 2 cores, x86-64-v2",
    instructions: "works: AVX2, AVX-512, bfloat16, AMX",
  });
  expect(await told({ cpuFeatures: ["sse2"] })).toMatchObject({ instructions: "works: none beyond the base; no bfloat16" });
});

test("a processor that nothing is made for, and one that does not say what it can", async () => {
  expect((await told({ architecture: "other" })).processor).toMatch(/^fails: .*no toolchain makes anything that runs here$/);
  expect((await told({ cpuFeatures: [] })).instructions).toMatch(/^limited: unknown/);
});

test("accelerators, what could not be found out, and emulators", async () => {
  const host: Partial<Host> = {
    accelerators: [
      {
        id: "gpu:GPU-1",
        device: "gpu",
        vendor: "nvidia",
        name: "L4",
        architecture: "sm_89",
        memoryBytes: 24e9,
        driver: "580.1",
        grants: [],
        variables: {},
      },
      {
        id: "ipu:0",
        device: "ipu",
        vendor: "graphcore",
        name: "IPU",
        architecture: null,
        memoryBytes: null,
        driver: null,
        grants: [],
        variables: {},
      },
    ],
    acceleratorNotes: ["The driver does not say which generation this is."],
    emulators: [
      { name: "qemu-aarch64", architecture: "aarch64", path: "/usr/bin/qemu-aarch64", running: { why: "no C library for it" } },
      { name: "qemu-riscv64", architecture: "riscv64", path: "/usr/bin/qemu-riscv64" },
    ],
  };
  expect(await told(host)).toMatchObject({
    "gpu:GPU-1": "works: nvidia L4, sm_89, 24.0 GB, driver 580.1",
    "ipu:0": "works: graphcore IPU",
    accelerators: "limited: The driver does not say which generation this is.",
    "qemu-aarch64": expect.stringMatching(/^limited: no C library for it: `apt-get install qemu-user-static .*` mends that/),
    "qemu-riscv64": "works: runs riscv64 programs (/usr/bin/qemu-riscv64)",
  });
  expect((await told({ emulators: [] }))["qemu-aarch64"]).toMatch(/^absent: nothing here emulates aarch64: `apt-get install/);
  expect(await told({ architecture: "aarch64", emulators: [] })).not.toHaveProperty("qemu-aarch64");
  const running = { version: "7.2.22", cpus: [], root: "/arm", shown: [], libc: "Debian GLIBC 2.36-8" };
  const emulators = [{ name: "qemu-aarch64", architecture: "aarch64", path: "/usr/bin/qemu-aarch64", running }];
  expect((await told({ emulators }))["qemu-aarch64"]).toBe(
    "works: 7.2.22 runs aarch64 programs with Debian GLIBC 2.36-8 (/usr/bin/qemu-aarch64)",
  );
});
