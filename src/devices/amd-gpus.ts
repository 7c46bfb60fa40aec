import { join } from "node:path";
import type { Accelerator } from "../domain/accelerator.ts";
import { namesIn, textOf } from "./machine-files.ts";
import type { FoundAccelerators, MachineView } from "./machine-view.ts";

const TOPOLOGY = "sys/class/kfd/kfd/topology/nodes";

/** GPUs that AMD's compute driver lists. Each is a node of its topology; a node without SIMD units is a CPU. */
export async function findAmdGpus({ root }: MachineView): Promise<FoundAccelerators> {
  const nodes = await namesIn(join(root, TOPOLOGY), /^\d+$/);
  const driver = await textOf(join(root, "sys/module/amdgpu/version"));
  const found = await Promise.all(nodes.map((node) => readNode(join(root, TOPOLOGY, node), driver)));
  return { accelerators: found.filter((each) => each !== null), notes: [] };
}

async function readNode(folder: string, driver: string | null): Promise<Accelerator | null> {
  const properties = readProperties((await textOf(join(folder, "properties"))) ?? "");
  if (!properties.get("simd_count")) return null;
  const unique = properties.get("unique_id") ?? 0n;
  const render = properties.get("drm_render_minor");
  const number = unique === 0n ? `location-${properties.get("location_id") ?? 0n}` : unique.toString(16);
  const name = await textOf(join(folder, "name"));
  return {
    id: `gpu:${number}`,
    device: "gpu",
    vendor: "amd",
    name: name === null || name === "" ? "AMD GPU" : `AMD ${name}`,
    architecture: gfxName(Number(properties.get("gfx_target_version") ?? 0n)),
    memoryBytes: await localMemory(folder),
    driver,
    grants: ["/dev/kfd", ...(render === undefined ? [] : [`/dev/dri/renderD${render}`])].map((path) => ({ kind: "node", path })),
    // The runtime hides all others by this, on top of the nodes that are missing.
    variables: unique === 0n ? {} : { ROCR_VISIBLE_DEVICES: `GPU-${unique.toString(16).padStart(16, "0")}` },
  };
}

/** Lines of a name and a whole number. */
function readProperties(text: string): Map<string, bigint> {
  return new Map([...text.matchAll(/^(\w+) (\d+)$/gm)].map(([, name = "", value = "0"]) => [name, BigInt(value)]));
}

/** 90402 is gfx942: major * 10000 + minor * 100 + stepping, of which the last two are written in hexadecimal. */
export function gfxName(version: number): string | null {
  if (version === 0) return null;
  const [major, minor, stepping] = [Math.floor(version / 10_000), Math.floor(version / 100) % 100, version % 100];
  return `gfx${major}${minor.toString(16)}${stepping.toString(16)}`;
}

/** Bytes of the banks on the card itself: heap types 1 and 2 (HSA_HEAPTYPE_FRAME_BUFFER_PUBLIC and _PRIVATE). */
async function localMemory(folder: string): Promise<number | null> {
  const banks = await namesIn(join(folder, "mem_banks"), /^\d+$/);
  const texts = await Promise.all(banks.map((bank) => textOf(join(folder, "mem_banks", bank, "properties"))));
  const sizes = texts
    .map((text) => readProperties(text ?? ""))
    .filter((bank) => [1n, 2n].includes(bank.get("heap_type") ?? 0n))
    .map((bank) => Number(bank.get("size_in_bytes") ?? 0n));
  return sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0);
}
