import type { Failure } from "../../domain/failure.ts";
import type { Host } from "../../domain/host.ts";
import { emulatorOf, findAccelerator, wayToRun } from "../../domain/host-fit.ts";
import { meetsProof } from "../../domain/proof.ts";
import type { Target } from "../../domain/target.ts";
import type { CandidateQuery, Toolchain } from "../../domain/toolchain.ts";
import { lockedVersion } from "../../toolchains/worker-identity.ts";
import { toolchainWorker } from "../identify-workers.ts";
import { hostProblems } from "../verify-artifact.ts";
import { notProvable, type OpenProof } from "./open-proof.ts";

/**
 * Why an artifact cannot be proven any further on this host, before anything of it is loaded: architecture, CPU features, device, driver,
 * versions of the runtime, and the toolchain's own word. Null: it can.
 */
export async function whyNotProvableHere(
  proof: OpenProof,
  host: Host,
  toolchains: ReadonlyMap<string, Toolchain>,
): Promise<Failure | null> {
  const { manifest, request } = proof;
  const toolchain = toolchains.get(request.candidate.toolchain);
  // Asked for first: it alone knows whether something emulates what this host is not.
  if (toolchain === undefined) {
    const hint = "Install the plug-in that brings it: `fettle plugins install`.";
    return notProvable(`It was made by the toolchain ${request.candidate.toolchain}, which is not installed here.`, hint);
  }
  const isEmulated = emulatorOf(wayToRun(host, toolchain, queryOf(request))) !== null;
  const [problem] = isEmulated ? [] : hostProblems(manifest, host);
  if (problem !== undefined) return notProvable(problem.message, "Prove it on the machine that it was built for.");
  return (await versionRefusal(proof, toolchain)) ?? driverRefusal(proof, host) ?? runRefusal(proof, host, toolchain);
}

/** What is loaded here must be what it was compiled for: a package's other version may refuse it, or read it otherwise. */
async function versionRefusal({ manifest }: OpenProof, toolchain: Toolchain): Promise<Failure | null> {
  // The versions in a maker's image are its own to say: its worker is asked when it loads.
  if (toolchain.makerImage !== undefined) return null;
  const { lock } = toolchainWorker(toolchain).environment;
  for (const [name, wanted] of Object.entries(manifest.requires.packages)) {
    const has = await lockedVersion(lock, name).catch(() => null);
    if (has !== null && has !== wanted) {
      const message = `It was made for ${name} ${wanted}, and the toolchain ${toolchain.name} of this Fettle has ${has}.`;
      return notProvable(message, `Use the Fettle that made it (${manifest.fettle}), or build it anew with this one.`);
    }
  }
  return null;
}

function driverRefusal({ manifest, request }: OpenProof, host: Host): Failure | null {
  const oldest = manifest.requires.device?.driver ?? null;
  const target = asTarget(request.target);
  const found = target.device === "cpu" ? null : findAccelerator(host, target);
  if (oldest === null || found === null) return null;
  if (found.driver === null)
    return notProvable(`It needs driver ${oldest} or newer, and nothing here says which driver ${found.name} has.`);
  if (compareVersions(found.driver, oldest) >= 0) return null;
  return notProvable(`It needs driver ${oldest} or newer, and ${found.name} has ${found.driver}.`, "Update the driver.");
}

function runRefusal({ manifest, request }: OpenProof, host: Host, toolchain: Toolchain): Failure | null {
  const way = wayToRun(host, toolchain, queryOf(request));
  if (!way.yes) return notProvable(`It cannot be run here: ${way.why}.`);
  if (meetsProof(manifest.proof, "measured")) return notProvable("It is proven as far as `measured` already: there is nothing above that.");
  if (emulatorOf(way) === null || !meetsProof(manifest.proof, "emulated")) return null;
  return notProvable(`It is proven as far as \`${manifest.proof}\` already, and this machine could only emulate it.`);
}

/** The query a toolchain is asked with about what is to be proven. */
export function queryOf({ target, candidate }: OpenProof["request"]): CandidateQuery {
  return { target: asTarget(target), precision: candidate.precision, options: candidate.options };
}

/** A target as Fettle wrote it; what is asked of it beyond its checked members is absent at worst. */
export function asTarget(written: OpenProof["request"]["target"]): Target {
  return written as unknown as Target;
}

/** Number by number; what is no number compares as text. */
function compareVersions(left: string, right: string): number {
  return left.localeCompare(right, "en", { numeric: true });
}
