import { join } from "node:path";
import { namesIn } from "./machine-files.ts";
import type { FoundAccelerators, MachineView } from "./machine-view.ts";

/**
 * Graphcore's IPUs on this machine's own bus. Several nodes belong to one; the driver's files do not say which generation it is, so
 * that whoever runs the machine says it in FETTLE_IPU_ARCHITECTURE, by Poplar's name: `ipu2`.
 */
export async function findIpus({ root, env }: MachineView): Promise<FoundAccelerators> {
  const nodes = await namesIn(join(root, "dev"), /^ipu\d+/);
  const numbers = [...new Set(nodes.map((node) => /^ipu(\d+)/.exec(node)?.[1] ?? ""))];
  const architecture = env.FETTLE_IPU_ARCHITECTURE ?? null;
  const accelerators = numbers.map((number) => ({
    ...({ id: `ipu:${number}`, device: "ipu", vendor: "graphcore", name: `Graphcore IPU ${number}` } as const),
    ...{ architecture, memoryBytes: null, driver: null },
    grants: nodes.filter((node) => /^ipu(\d+)/.exec(node)?.[1] === number).map((node) => ({ kind: "node", path: `/dev/${node}` }) as const),
    // That a worker has an IPU of its own; which one, the nodes it sees decide.
    variables: { FETTLE_LEASED_IPU: number },
  }));
  const isUntold = accelerators.length > 0 && architecture === null;
  const notes = isUntold
    ? ["Graphcore's driver does not say which generation of IPU this is: set FETTLE_IPU_ARCHITECTURE to ipu2 or ipu21."]
    : [];
  const remote = env.IPUOF_VIPU_API_HOST === undefined ? [] : ["IPUs reached over the network (IPUOF_VIPU_API_HOST) are not used."];
  return { accelerators, notes: [...notes, ...remote] };
}
