import { join } from "node:path";
import type { Host } from "../../domain/host.ts";
import { meetsProof } from "../../domain/proof.ts";
import type { CandidateReport } from "../../domain/report.ts";
import { writeDurably } from "../../store/write-durably.ts";
import { provenPart } from "../publish/compose-manifest.ts";
import type { Manifest } from "../publish/manifest.ts";
import { manifestText } from "../publish/write-artifact.ts";
import type { OpenProof } from "./open-proof.ts";

/**
 * Replaces the manifest by one that says how far the artifact is proven now, in one step: no reader ever sees half of it. Nothing
 * else in the folder changes. Does nothing where the new proof is no stronger.
 *
 * @returns whether the manifest was replaced
 */
export async function raiseProof({ directory, manifest }: OpenProof, winner: CandidateReport, host: Host): Promise<boolean> {
  if (winner.proof === null || meetsProof(manifest.proof, winner.proof)) return false;
  const raised: Manifest = { ...manifest, proof: winner.proof, proven: provenPart(winner, host) };
  await writeDurably(join(directory, "manifest.json"), manifestText(raised), directory);
  return true;
}
