import { expect, test } from "vitest";
import type { Accelerator } from "../../../src/domain/accelerator.ts";
import type { Host } from "../../../src/domain/host.ts";
import { emulatorOf, wayToRun, whyNotThisHost } from "../../../src/domain/host-fit.ts";
import type { CpuTarget, GpuTarget } from "../../../src/domain/target.ts";
import type { RunSupport } from "../../../src/domain/toolchain.ts";
import { HOST, toyToolchain } from "../../rig/recipe-folder.ts";

const ADA: GpuTarget = {
  ...{ name: "rtx-ada", title: "RTX", device: "gpu", vendor: "nvidia", architecture: "sm_89", api: "cuda", host: "x86-64" },
  memoryBytes: null,
  needs: { cdi: "nvidia.com/gpu", nodes: ["/dev/nvidiactl"] },
};
const ARM: CpuTarget = {
  ...{ name: "cpu-arm64", title: "Arm", device: "cpu", architecture: "aarch64", cpu: "generic", features: [] },
  system: { libc: "glibc", version: "2.28" },
};
const L4: Accelerator = {
  ...{ id: "gpu:GPU-1", device: "gpu", vendor: "nvidia", name: "NVIDIA L4", architecture: "sm_89", memoryBytes: null, driver: null },
  grants: [],
  variables: {},
};

const way = (support: RunSupport, host: Host, target: GpuTarget | CpuTarget = ADA) =>
  wayToRun(host, toyToolchain("anvil", { canRun: () => support }), { target, precision: "float32", options: {} });
const withL4: Host = { ...HOST, accelerators: [L4] };

test("a target's hardware is here, or is not and why", () => {
  expect(whyNotThisHost(withL4, ADA)).toBeNull();
  expect(whyNotThisHost(HOST, ADA)).toBe("this host has no NVIDIA GPU sm_89");
  expect(whyNotThisHost(withL4, { ...ADA, architecture: "sm_75" })).toBe("this host has no NVIDIA GPU sm_75; it has NVIDIA L4 (sm_89)");
  expect(whyNotThisHost({ ...withL4, architecture: "aarch64" }, ADA)).toBe("this host is aarch64, the target's is x86-64");
  expect(whyNotThisHost(HOST, ARM)).toBe("this host is x86-64, the target is aarch64");
});

test("a GPU of unknown architecture is not taken for the one wanted, and what is known of it is said", () => {
  const host: Host = { ...HOST, accelerators: [{ ...L4, architecture: null }] };
  expect(whyNotThisHost(host, ADA)).toBe("this host has no NVIDIA GPU sm_89; it has NVIDIA L4 (architecture unknown)");
});

test("a Vulkan target is any GPU's whose toolchain agrees", () => {
  const vulkan: GpuTarget = { ...ADA, vendor: "any", architecture: "ampere", api: "vulkan" };
  expect(whyNotThisHost(withL4, vulkan)).toBeNull();
  expect(whyNotThisHost(HOST, vulkan)).toBe("this host has no GPU with Vulkan");
});

test("a plain yes counts on the hardware alone; an emulator counts anywhere", () => {
  expect(way({ yes: true }, withL4)).toEqual({ yes: true });
  expect(way({ yes: true }, HOST, ARM)).toEqual({ yes: false, why: "this host is x86-64, the target is aarch64" });
  const emulated = way({ yes: true, how: "emulated", by: "qemu-aarch64" }, HOST, ARM);
  expect(emulatorOf(emulated)).toBe("qemu-aarch64");
});

test("on foreign hardware both reasons are told, the host's and the toolchain's", () => {
  expect(way({ yes: false, why: "qemu-aarch64 is not installed" }, HOST, ARM)).toEqual({
    yes: false,
    why: "this host is x86-64, the target is aarch64; qemu-aarch64 is not installed",
  });
});
