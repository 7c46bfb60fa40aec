import { expect, test } from "vitest";
import { gfxName } from "../../../src/devices/amd-gpus.ts";
import { readGpus } from "../../../src/devices/nvidia-gpus.ts";
import { probeAccelerators } from "../../../src/devices/probe-accelerators.ts";
import { machineCopy } from "../../rig/machine-copy.ts";

test("a machine with nothing has nothing, and nothing to say of it", async () => {
  expect(await probeAccelerators(machineCopy({}))).toEqual({ accelerators: [], notes: [] });
});

const INFORMATION =
  "Model: \t\t NVIDIA L4\nIRQ:   \t\t 113\nGPU UUID: \t GPU-8f6c\nBus Location: \t 0000:00:04.0\nDevice Minor: \t 3\nGPU Excluded:\t No\n";
const L4 = { "dev/nvidia3": "", "dev/nvidiactl": "", "proc/driver/nvidia/gpus/0000:00:04.0/information": INFORMATION };
const ANSWER = "GPU-8f6c, NVIDIA L4, 8.9, 23034, 580.82.07";

test("an NVIDIA GPU as its tool describes it, with the node the driver gave it", async () => {
  const machine = machineCopy({ files: L4, programs: { "nvidia-smi": `echo "${ANSWER}"` } });
  expect(await probeAccelerators(machine)).toEqual({
    accelerators: [
      {
        id: "gpu:GPU-8f6c",
        device: "gpu",
        vendor: "nvidia",
        name: "NVIDIA L4",
        architecture: "sm_89",
        memoryBytes: 23034 * 2 ** 20,
        driver: "580.82.07",
        grants: [{ kind: "node", path: "/dev/nvidia3" }],
        variables: { CUDA_VISIBLE_DEVICES: "GPU-8f6c" },
      },
    ],
    notes: [],
  });
});

test("a GPU that container engines know by name is granted by it too", async () => {
  const machine = machineCopy({
    files: { ...L4, "etc/cdi/nvidia.yaml": "cdiVersion: 0.5.0\nkind: nvidia.com/gpu\n" },
    programs: { "nvidia-smi": `echo "${ANSWER}"` },
  });
  const { accelerators } = await probeAccelerators(machine);
  expect(accelerators[0]?.grants).toContainEqual({ kind: "cdi", name: "nvidia.com/gpu=GPU-8f6c" });
});

test.each([
  ["is not installed", {}, "nvidia-smi is not installed"],
  [
    "fails",
    { "nvidia-smi": "echo 'NVIDIA-SMI has failed because it could not communicate with the driver.'; exit 9" },
    "could not communicate with the driver",
  ],
])("where the tool %s, the GPU is there and its architecture unknown, and a note says why", async (_, programs, why) => {
  const { accelerators, notes } = await probeAccelerators(machineCopy({ files: L4, programs }));
  expect(accelerators).toMatchObject([{ id: "gpu:GPU-8f6c", name: "NVIDIA L4", architecture: null, driver: null }]);
  expect(notes).toEqual([expect.stringContaining(why)]);
});

test("what the tool does not know stays unknown", () => {
  expect(readGpus("GPU-1, NVIDIA GB10, [N/A], [N/A], 580.1\n\nnonsense\n")).toEqual([
    { uuid: "GPU-1", name: "NVIDIA GB10", architecture: null, memoryBytes: null, driver: "580.1" },
  ]);
});

test("an AMD GPU by the compute driver's topology, in which CPUs are nodes too", async () => {
  const node = "sys/class/kfd/kfd/topology/nodes";
  const properties =
    "cpu_cores_count 0\nsimd_count 1216\ngfx_target_version 90402\nlocation_id 256\ndrm_render_minor 128\nunique_id 4660\n";
  const machine = machineCopy({
    files: {
      [`${node}/0/properties`]: "cpu_cores_count 96\nsimd_count 0\n",
      [`${node}/1/properties`]: properties,
      [`${node}/1/name`]: "ip discovery\n",
      [`${node}/1/mem_banks/0/properties`]: "heap_type 1\nsize_in_bytes 206141652992\n",
      "sys/module/amdgpu/version": "6.12.12\n",
    },
  });
  const { accelerators } = await probeAccelerators(machine);
  expect(accelerators).toMatchObject([
    { id: "gpu:1234", vendor: "amd", architecture: "gfx942", memoryBytes: 206141652992, driver: "6.12.12" },
  ]);
  expect(accelerators[0]?.grants).toEqual([
    { kind: "node", path: "/dev/kfd" },
    { kind: "node", path: "/dev/dri/renderD128" },
  ]);
});

test.each([
  [90402, "gfx942"],
  [90010, "gfx90a"],
  [110001, "gfx1101"],
  [0, null],
])("AMD's version %i is %s", (version, name) => {
  expect(gfxName(version)).toBe(name);
});

test("IPUs by their nodes; which generation they are is not guessed", async () => {
  const machine = machineCopy({ files: { "dev/ipu0": "", "dev/ipu0_mem": "", "dev/ipu1": "" }, env: { IPUOF_VIPU_API_HOST: "pod" } });
  const { accelerators, notes } = await probeAccelerators(machine);
  expect(accelerators.map(({ id, architecture, grants }) => ({ id, architecture, nodes: grants.length }))).toEqual([
    { id: "ipu:0", architecture: null, nodes: 2 },
    { id: "ipu:1", architecture: null, nodes: 1 },
  ]);
  expect(notes.join(" ")).toContain("network");
  expect(notes.join(" ")).toContain("set FETTLE_IPU_ARCHITECTURE");
});

test("whoever runs the machine says which generation its IPUs are, and a worker is told that one was leased", async () => {
  const machine = machineCopy({ files: { "dev/ipu3": "" }, env: { FETTLE_IPU_ARCHITECTURE: "ipu2" } });
  const { accelerators, notes } = await probeAccelerators(machine);
  expect(accelerators).toMatchObject([{ id: "ipu:3", architecture: "ipu2", variables: { FETTLE_LEASED_IPU: "3" } }]);
  expect(notes).toEqual([]);
});

test("AWS's chips by their numbers on the bus, with the driver's node", async () => {
  const machine = machineCopy({
    files: {
      "sys/bus/pci/devices/0000:00:1e.0/vendor": "0x1d0f\n",
      "sys/bus/pci/devices/0000:00:1e.0/device": "0x7264\n",
      "sys/bus/pci/devices/0000:00:05.0/vendor": "0x1d0f\n",
      "sys/bus/pci/devices/0000:00:05.0/device": "0xec20\n",
      "dev/neuron0": "",
    },
  });
  const { accelerators } = await probeAccelerators(machine);
  expect(accelerators).toMatchObject([
    { device: "accelerator", vendor: "aws", architecture: "inf2", grants: [{ kind: "node", path: "/dev/neuron0" }] },
  ]);
});

test("an NPU and a TPU by their numbers on the bus", async () => {
  const machine = machineCopy({
    files: {
      "sys/devices/0000:00:0b.0/vendor": "0x8086\n",
      "sys/devices/0000:00:0b.0/device": "0x643e\n",
      "sys/bus/pci/devices/0000:00:05.0/vendor": "0x1ae0\n",
      "sys/bus/pci/devices/0000:00:05.0/device": "0x0063\n",
      "dev/vfio/0": "",
    },
    links: { "sys/class/accel/accel0/device": "sys/devices/0000:00:0b.0" },
  });
  const { accelerators } = await probeAccelerators(machine);
  expect(accelerators).toMatchObject([
    { id: "npu:0000:00:0b.0", vendor: "intel", grants: [{ path: "/dev/accel/accel0" }] },
    { id: "tpu:0000:00:05.0", vendor: "google", architecture: "v5e", grants: [{ path: "/dev/vfio/0" }] },
  ]);
});
