import { expect, test } from "vitest";
import type { Accelerator } from "../../../src/domain/accelerator.ts";
import type { GpuTarget } from "../../../src/domain/target.ts";
import { deviceAccess } from "../../../src/engine/device-access.ts";

const gpu = (number: number): Accelerator => ({
  ...({ id: `gpu:GPU-${number}`, device: "gpu", vendor: "nvidia", name: "NVIDIA L4", architecture: "sm_89" } as const),
  ...{ memoryBytes: null, driver: null },
  grants: [{ kind: "node", path: `/dev/nvidia${number}` }],
  variables: { CUDA_VISIBLE_DEVICES: `GPU-${number}` },
});
const host = { accelerators: [gpu(0), gpu(1)] };
const target: GpuTarget = {
  ...{ name: "rtx-ada", title: "RTX", device: "gpu", vendor: "nvidia", architecture: "sm_89", api: "cuda", host: "x86-64" },
  memoryBytes: null,
  needs: { cdi: "nvidia.com/gpu", nodes: ["/dev/nvidiactl", "/dev/nvidia1"] },
};

test("a command gets the leased device and what all share, each once, and no other device", () => {
  expect(deviceAccess({ host, leases: [{ device: "gpu:GPU-1" }, { device: "cpu" }], target })).toEqual({
    grants: [
      { kind: "node", path: "/dev/nvidia1" },
      { kind: "node", path: "/dev/nvidiactl" },
    ],
    variables: { CUDA_VISIBLE_DEVICES: "GPU-1" },
  });
});

test("without a lease or without a target of its own a command gets none", () => {
  const none = { grants: [], variables: {} };
  expect(deviceAccess({ host, leases: [{ device: "cpu" }], target })).toEqual(none);
  expect(deviceAccess({ host, leases: [{ device: "gpu:GPU-1" }], target: null })).toEqual(none);
});
