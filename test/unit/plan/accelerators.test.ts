import { expect, test } from "vitest";
import type { Accelerator } from "../../../src/domain/accelerator.ts";
import { digestBytes } from "../../../src/domain/digest.ts";
import { emulatedSupport } from "../../../src/domain/emulation.ts";
import type { Host } from "../../../src/domain/host.ts";
import type { Plan, StepKind } from "../../../src/domain/plan.ts";
import type { CpuTarget, GpuTarget, Target } from "../../../src/domain/target.ts";
import type { Toolchain } from "../../../src/domain/toolchain.ts";
import type { IdentifiedWorker } from "../../../src/plan/inputs.ts";
import { planWith, TOY_WORKER } from "../../rig/planned-recipe.ts";
import { HOST, toyToolchain } from "../../rig/recipe-folder.ts";

const ADA: GpuTarget = {
  ...{ name: "gpu", title: "RTX", device: "gpu", vendor: "nvidia", architecture: "sm_89", api: "cuda", host: "x86-64" },
  memoryBytes: null,
  needs: { cdi: null, nodes: [] },
};
const L4: Accelerator = {
  ...{ id: "gpu:GPU-1", device: "gpu", vendor: "nvidia", name: "NVIDIA L4", architecture: "sm_89", memoryBytes: null, driver: "580" },
  grants: [],
  variables: {},
};
const withL4: Host = { ...HOST, accelerators: [L4] };

const emulating = new Map<string, IdentifiedWorker>([
  [
    "aarch64",
    {
      ...TOY_WORKER,
      environment: { ...TOY_WORKER.environment, name: "anvil-aarch64" },
      environmentDigest: digestBytes("environment with a runtime for Arm"),
    },
  ],
]);

function plan(host: Host, over: Partial<Toolchain> = {}, target: Target = ADA): Plan {
  return planWith([toyToolchain("anvil", over)], { host, target, emulating });
}

const stepOf = (planned: Plan, kind: StepKind) => planned.steps.find((step) => step.kind === kind);

test("where the device is not here the candidate is compiled, and nothing else is planned for it", () => {
  const planned = plan(HOST);
  expect(planned.targets[0]?.candidates).toMatchObject([{ cannotRun: "this host has no NVIDIA GPU sm_89", emulatedBy: null }]);
  expect(planned.steps.filter(({ candidate }) => candidate !== null).map(({ kind }) => kind)).toEqual(["compile"]);
  expect(stepOf(planned, "compile")?.devices).toEqual([{ id: "cpu", mode: "shared" }]);
});

test("on the device it is leased: shared to run, alone to measure, and before the CPU", () => {
  const planned = plan(withL4);
  expect(stepOf(planned, "compile")?.devices).toEqual([{ id: "cpu", mode: "shared" }]);
  expect(stepOf(planned, "infer")?.devices).toEqual([
    { id: "gpu:GPU-1", mode: "shared" },
    { id: "cpu", mode: "shared" },
  ]);
  expect(stepOf(planned, "measure")?.devices.map(({ id, mode }) => `${id} ${mode}`)).toEqual(["gpu:GPU-1 exclusive", "cpu exclusive"]);
});

test("what is run on a device has its kind and driver in the key, and not which of several equals it is", () => {
  const key = (host: Host) => stepOf(plan(host), "infer")?.key;
  const twin: Host = { ...HOST, accelerators: [{ ...L4, id: "gpu:GPU-2" }] };
  const newer: Host = { ...HOST, accelerators: [{ ...L4, driver: "590" }] };
  expect(key(twin)).toBe(key(withL4));
  expect(key(newer)).not.toBe(key(withL4));
});

test("a target's architecture is in the key of what is compiled for it; title, name and needs are not", () => {
  const key = (target: Target) => stepOf(plan(HOST, {}, target), "compile")?.key;
  expect(key({ ...ADA, title: "Another", name: "other", needs: { cdi: "x.y/z", nodes: ["/dev/z"] } })).toBe(key(ADA));
  expect(key({ ...ADA, architecture: "sm_86" })).not.toBe(key(ADA));
  expect(key({ ...ADA, memoryBytes: 1 })).not.toBe(key(ADA));
});

test("what is emulated is run and validated and never measured, and its emulator is in the key", () => {
  const by = (name: string) => plan(HOST, { canRun: () => ({ yes: true, how: "emulated", by: name }) });
  const planned = by("simulator 1");
  expect(planned.targets[0]?.candidates).toMatchObject([{ cannotRun: null, emulatedBy: "simulator 1", steps: { measure: null } }]);
  expect(planned.steps.filter(({ candidate }) => candidate !== null).map(({ kind }) => kind)).toEqual(["compile", "infer", "validate"]);
  expect(stepOf(planned, "infer")?.key).not.toBe(stepOf(by("simulator 2"), "infer")?.key);
  expect(stepOf(planned, "infer")?.devices).toEqual([{ id: "cpu", mode: "shared" }]);
});

test("what one of this machine's emulators runs has its version, CPU and C library in the key, and a worker that has a runtime for it", () => {
  const arm: CpuTarget = {
    ...{ name: "gpu", title: "Arm", device: "cpu", architecture: "aarch64", cpu: "generic", features: [] },
    system: { libc: "glibc", version: "2.28" },
  };
  const running = {
    ...{ version: "7.2.22", cpus: ["cortex-a53", "cortex-a76"] },
    ...{ root: "/arm", shown: ["/arm/lib"], libc: "Debian GLIBC 2.36-8" },
  };
  const inferOf = (over: Partial<typeof running> = {}, target: CpuTarget = arm) => {
    const emulators = [{ name: "qemu-aarch64", architecture: "aarch64", path: "/qemu", running: { ...running, ...over } }];
    const planned = plan({ ...HOST, emulators }, { canRun: (_, host) => emulatedSupport(host, target) }, target);
    const infer = stepOf(planned, "infer");
    return infer?.kind === "infer" ? infer : expect.fail("it is not run");
  };
  expect(inferOf().spec).toMatchObject({ emulation: { name: "qemu-aarch64", cpu: "cortex-a53", root: "/arm" } });
  expect(inferOf().spec.worker.environment.name).toBe("anvil-aarch64");
  expect(inferOf().definition.environment).toBe(digestBytes("environment with a runtime for Arm"));
  expect(inferOf({ root: "/elsewhere", shown: [] }).key).toBe(inferOf().key);
  expect(inferOf({ version: "8.0.0" }).key).not.toBe(inferOf().key);
  expect(inferOf({ libc: "Debian GLIBC 2.41-1" }).key).not.toBe(inferOf().key);
  expect(inferOf({}, { ...arm, cpu: "cortex-a76" }).key).not.toBe(inferOf().key);
});

test("a compiler that tunes on the device has it alone, and is not tried where there is none", () => {
  const tunes: Partial<Toolchain> = { compileNeedsDevice: () => true };
  expect(stepOf(plan(withL4, tunes), "compile")?.devices.map(({ id, mode }) => `${id} ${mode}`)).toEqual([
    "gpu:GPU-1 exclusive",
    "cpu exclusive",
  ]);
  const planned = plan(HOST, tunes);
  expect(planned.targets[0]?.candidates).toEqual([]);
  expect(planned.targets[0]?.untried).toMatchObject([
    { why: "anvil compiles on the device itself, and this host has no NVIDIA GPU sm_89" },
  ]);
});
