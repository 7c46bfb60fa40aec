import { join } from "node:path";
import type { Accelerator, AcceleratorKind } from "../domain/accelerator.ts";
import { linkedName, namesIn, textOf } from "./machine-files.ts";
import type { FoundAccelerators, MachineView } from "./machine-view.ts";

/**
 * Makers by their PCI number, for devices of the kernel's own classes. NVIDIA's and AMD's GPUs have drivers that say more, and are
 * found by those.
 */
const GPU_MAKERS: Readonly<Record<string, string>> = { "0x8086": "intel" };
const ACCEL_MAKERS: Readonly<Record<string, { readonly vendor: string; readonly device: AcceleratorKind }>> = {
  "0x8086": { vendor: "intel", device: "npu" },
  "0x1022": { vendor: "amd", device: "npu" },
  "0x17cb": { vendor: "qualcomm", device: "accelerator" },
  "0x1da3": { vendor: "habana", device: "accelerator" },
};

/** Google's TPUs by PCI device number, as `jax/_src/hardware_utils.py` lists them. */
const GOOGLE = "0x1ae0";
const TPUS: Readonly<Record<string, string>> = { "0x005e": "v4", "0x0062": "v5p", "0x0063": "v5e", "0x006f": "v6e" };

/** AWS's Inferentia and Trainium by PCI device number, as its driver's `neuron_device.h` and `neuron_pci.c` list them. */
const AMAZON = "0x1d0f";
const NEURONS: Readonly<Record<string, string>> = {
  ...{ "0x7064": "inf1", "0x7065": "inf1", "0x7066": "inf1", "0x7067": "inf1" },
  ...{ "0x7164": "trn1", "0x7264": "inf2", "0x7364": "trn2" },
};

/** Devices of the kernel's `drm` and `accel` classes, and Google's and Amazon's, which belong to none. */
export async function findPciDevices({ root }: MachineView): Promise<FoundAccelerators> {
  const found = await Promise.all([findGpus(root), findAccels(root), findTpus(root), findNeurons(root)]);
  return { accelerators: found.flat(), notes: [] };
}

async function findGpus(root: string): Promise<Accelerator[]> {
  const folder = join(root, "sys/class/drm");
  return findNodes(folder, /^renderD\d+$/, (name, vendor) => {
    const maker = GPU_MAKERS[vendor];
    return maker === undefined ? null : { device: "gpu", vendor: maker, node: `/dev/dri/${name}` };
  });
}

async function findAccels(root: string): Promise<Accelerator[]> {
  const folder = join(root, "sys/class/accel");
  return findNodes(folder, /^accel\d+$/, (name, vendor) => {
    const { vendor: maker, device } = ACCEL_MAKERS[vendor] ?? { vendor: "unknown", device: "accelerator" };
    return { device, vendor: maker, node: `/dev/accel/${name}` };
  });
}

interface Known {
  readonly device: AcceleratorKind;
  readonly vendor: string;
  readonly node: string;
}

async function findNodes(folder: string, pattern: RegExp, know: (name: string, vendor: string) => Known | null): Promise<Accelerator[]> {
  const names = await namesIn(folder, pattern);
  const found = await Promise.all(names.map(async (name) => ({ name, pci: await readPci(join(folder, name, "device")) })));
  return found.flatMap(({ name, pci }) => {
    const known = know(name, pci.vendor);
    return known === null ? [] : [accelerator(known, pci, null)];
  });
}

async function findTpus(root: string): Promise<Accelerator[]> {
  const folder = join(root, "sys/bus/pci/devices");
  const all = await Promise.all((await namesIn(folder, /./)).map((name) => readPci(join(folder, name))));
  const tpus = all.filter(({ vendor, number }) => vendor === GOOGLE && TPUS[number] !== undefined);
  const nodes = [
    ...(await namesIn(join(root, "dev"), /^accel\d+$/)).map((name) => `/dev/${name}`),
    ...(await namesIn(join(root, "dev/vfio"), /^\d+$/)).map((name) => `/dev/vfio/${name}`),
  ];
  return tpus.map((pci, index) =>
    accelerator({ device: "tpu", vendor: "google", node: nodes[index] ?? "" }, pci, TPUS[pci.number] ?? null),
  );
}

async function findNeurons(root: string): Promise<Accelerator[]> {
  const folder = join(root, "sys/bus/pci/devices");
  const all = await Promise.all((await namesIn(folder, /./)).map((name) => readPci(join(folder, name))));
  const nodes = (await namesIn(join(root, "dev"), /^neuron\d+$/)).map((name) => `/dev/${name}`);
  return all
    .filter(({ vendor, number }) => vendor === AMAZON && NEURONS[number] !== undefined)
    .map((pci, index) => accelerator({ device: "accelerator", vendor: "aws", node: nodes[index] ?? "" }, pci, NEURONS[pci.number] ?? null));
}

interface Pci {
  readonly address: string;
  readonly vendor: string;
  readonly number: string;
}

async function readPci(folder: string): Promise<Pci> {
  const [address, vendor, number] = await Promise.all([linkedName(folder), textOf(join(folder, "vendor")), textOf(join(folder, "device"))]);
  return { address: address ?? "unknown", vendor: vendor ?? "unknown", number: number ?? "unknown" };
}

function accelerator({ device, vendor, node }: Known, pci: Pci, architecture: string | null): Accelerator {
  return {
    ...{ id: `${device}:${pci.address}` as const, device, vendor, architecture, memoryBytes: null, driver: null },
    name: `${vendor} ${device} ${pci.vendor.replace("0x", "")}:${pci.number.replace("0x", "")}`,
    grants: node === "" ? [] : [{ kind: "node", path: node }],
    variables: {},
  };
}
