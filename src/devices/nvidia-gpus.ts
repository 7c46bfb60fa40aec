import { join } from "node:path";
import type { Accelerator } from "../domain/accelerator.ts";
import type { DeviceGrant } from "../domain/command.ts";
import { findProgram, namesIn, textOf } from "./machine-files.ts";
import type { FoundAccelerators, MachineView } from "./machine-view.ts";

const FIELDS = ["uuid", "name", "compute_cap", "memory.total", "driver_version"];
/** The tool answers in well under a second on a healthy machine; with a broken driver it may hang. */
const TIMEOUT_MS = 10_000;

/** GPUs by NVIDIA's own tool; without it, those the driver lists under /proc, whose architecture is then unknown. */
export async function findNvidiaGpus(machine: MachineView): Promise<FoundAccelerators> {
  const listed = await driverList(machine);
  const nodes = await namesIn(join(machine.root, "dev"), /^nvidia\d+$/);
  if (listed.length === 0 && nodes.length === 0) return { accelerators: [], notes: [] };
  const cdi = await hasCdi(machine);
  const asked = await askTool(machine);
  if (typeof asked !== "string") {
    const known = asked.map((gpu) => accelerator(gpu, { minor: listed.find(({ uuid }) => uuid === gpu.uuid)?.minor ?? null, cdi }));
    return { accelerators: known, notes: [] };
  }
  const unknown = listed.map(({ uuid, name, minor }) =>
    accelerator({ uuid, name, architecture: null, memoryBytes: null, driver: null }, { minor, cdi }),
  );
  return { accelerators: unknown, notes: [`NVIDIA GPUs are here, but not what they are: ${asked}.`] };
}

interface Gpu {
  readonly uuid: string;
  readonly name: string;
  readonly architecture: string | null;
  readonly memoryBytes: number | null;
  readonly driver: string | null;
}

/** The tool's answer, or why there is none. */
async function askTool({ env }: MachineView): Promise<Gpu[] | string> {
  const tool = await findProgram("nvidia-smi", env);
  if (tool === null) return "nvidia-smi is not installed";
  // Loading execa takes a tenth of a second, which a machine without GPUs does not pay.
  const { execa } = await import("execa");
  const ran = await execa(tool, [`--query-gpu=${FIELDS.join(",")}`, "--format=csv,noheader,nounits"], {
    timeout: TIMEOUT_MS,
    reject: false,
    env,
    extendEnv: false,
  });
  if (ran.timedOut) return `nvidia-smi did not answer within ${TIMEOUT_MS / 1000} s`;
  if (ran.exitCode !== 0) return `nvidia-smi says ${(ran.stdout || ran.stderr).split("\n")[0] || `nothing and ends with ${ran.exitCode}`}`;
  return readGpus(ran.stdout);
}

/** Lines of `nvidia-smi --query-gpu=uuid,name,compute_cap,memory.total,driver_version --format=csv,noheader,nounits`; memory is in MiB. */
export function readGpus(csv: string): Gpu[] {
  return csv
    .split("\n")
    .map((line) => line.split(",").map((field) => field.trim()))
    .flatMap(([uuid, name, capability, memory, driver]) => {
      if (!uuid || !name) return [];
      const isCapability = /^\d+\.\d+$/.test(capability ?? "");
      return [
        {
          uuid,
          name,
          architecture: isCapability ? `sm_${capability?.replace(".", "")}` : null,
          memoryBytes: /^\d+$/.test(memory ?? "") ? Number(memory) * 2 ** 20 : null,
          driver: driver || null,
        },
      ];
    });
}

interface Place {
  /** Number of its device node. */
  readonly minor: string | null;
  readonly cdi: boolean;
}

function accelerator({ uuid, name, architecture, memoryBytes, driver }: Gpu, { minor, cdi }: Place): Accelerator {
  const node: DeviceGrant[] = minor === null ? [] : [{ kind: "node", path: `/dev/nvidia${minor}` }];
  const named: DeviceGrant[] = cdi ? [{ kind: "cdi", name: `nvidia.com/gpu=${uuid}` }] : [];
  return {
    ...{ name, architecture, memoryBytes, driver },
    id: `gpu:${uuid}`,
    device: "gpu",
    vendor: "nvidia",
    grants: [...node, ...named],
    variables: { CUDA_VISIBLE_DEVICES: uuid },
  };
}

/** What the driver says of each GPU, by the lines of /proc/driver/nvidia/gpus/<address>/information. */
async function driverList({ root }: MachineView): Promise<{ uuid: string; name: string; minor: string }[]> {
  const folder = join(root, "proc/driver/nvidia/gpus");
  const texts = await Promise.all((await namesIn(folder, /./)).map((name) => textOf(join(folder, name, "information"))));
  return texts.flatMap((text) => {
    const [uuid, name, minor] = ["GPU UUID", "Model", "Device Minor"].map((field) => fieldOf(text ?? "", field));
    return uuid && name && minor ? [{ uuid, name, minor }] : [];
  });
}

function fieldOf(text: string, field: string): string | undefined {
  return new RegExp(`^${field}:\\s*(.*?)\\s*$`, "m").exec(text)?.[1];
}

/** Whether container engines know this machine's GPUs by name; they look for descriptions in these folders. */
async function hasCdi({ root }: MachineView): Promise<boolean> {
  const folders = ["etc/cdi", "var/run/cdi"].map((folder) => join(root, folder));
  const texts = await Promise.all(
    folders.flatMap(async (folder) => {
      const names = await namesIn(folder, /\.(ya?ml|json)$/);
      return Promise.all(names.map((name) => textOf(join(folder, name))));
    }),
  );
  return texts.flat().some((text) => text?.includes("nvidia.com/gpu") === true);
}
