import { findAmdGpus } from "./amd-gpus.ts";
import { findIpus } from "./graphcore-ipus.ts";
import type { FoundAccelerators, MachineView } from "./machine-view.ts";
import { findNvidiaGpus } from "./nvidia-gpus.ts";
import { findPciDevices } from "./pci-devices.ts";

/**
 * Looks for accelerators: device nodes and what the kernel says of them under /sys, and NVIDIA's own tool, since no file names an
 * NVIDIA GPU's architecture. Nothing there gives nothing; what is there and cannot be asked is told in a note and never guessed.
 */
export async function probeAccelerators(machine: MachineView): Promise<FoundAccelerators> {
  const found = await Promise.all([findNvidiaGpus(machine), findAmdGpus(machine), findIpus(machine), findPciDevices(machine)]);
  return { accelerators: found.flatMap(({ accelerators }) => accelerators), notes: found.flatMap(({ notes }) => notes) };
}
