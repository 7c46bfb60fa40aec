import { dirname, join } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import type { Host } from "../../domain/host.ts";
import { asJson, canonicalJson } from "../../domain/json.ts";
import { meetsProof } from "../../domain/proof.ts";
import type { CandidateReport } from "../../domain/report.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { writeDurably } from "../../store/write-durably.ts";
import { errorCode } from "../../system/error-code.ts";
import { holdingArtifact, type Waiting } from "../publish/artifact-lock.ts";
import { provenPart } from "../publish/compose-manifest.ts";
import type { Manifest } from "../publish/manifest.ts";
import { manifestText, writeFailure } from "../publish/write-artifact.ts";
import { readManifest } from "../verify-artifact.ts";
import type { OpenProof } from "./open-proof.ts";

/**
 * Replaces the manifest by one that says how far the artifact is proven now, in one step: no reader ever sees half of it. Nothing
 * else in the folder changes. Does nothing where the new proof is no stronger.
 *
 * @returns whether the manifest was replaced; `hash-mismatch` where another artifact has been published there since this one was opened
 */
export async function raiseProof(
  { directory, manifest }: OpenProof,
  { winner, host, waiting }: { readonly winner: CandidateReport; readonly host: Host; readonly waiting: Waiting },
): Promise<Result<boolean, Failure>> {
  const { proof } = winner;
  if (proof === null) return ok(false);
  return await holdingArtifact(directory, waiting, async () => {
    const there = await readManifest(directory);
    if ("problem" in there || !isSameArtifact(there.manifest, manifest)) return err(replaced(directory));
    // Another proof of the same artifact may have come first.
    if (meetsProof(there.manifest.proof, proof)) return ok(false);
    return await replaceManifest(directory, { ...there.manifest, proof, proven: provenPart(winner, host) });
  });
}

function isSameArtifact(one: Manifest, other: Manifest): boolean {
  const [first, second] = [one, other].map((each) => canonicalJson(asJson({ ...each, proof: null, proven: null })));
  return first === second;
}

function replaced(directory: string): Failure {
  const message = `${directory} was replaced while its artifact was proven; what lies there now stays as it is.`;
  return { reason: "hash-mismatch", message, hint: "Prove the new one: run the command again." };
}

async function replaceManifest(directory: string, manifest: Manifest): Promise<Result<boolean, Failure>> {
  try {
    await writeBeside(directory, manifestText(manifest));
    return ok(true);
  } catch (error) {
    return err(writeFailure(directory, error));
  }
}

/** Half-made it lies beside the folder: within, it would make the artifact one that its own manifest does not describe. */
async function writeBeside(directory: string, text: string): Promise<void> {
  const path = join(directory, "manifest.json");
  try {
    await writeDurably(path, text, dirname(directory));
  } catch (error) {
    // A folder that is mounted, or lies in one that only others may write, has no place beside it.
    if (!["EXDEV", "EACCES", "EPERM", "EROFS"].includes(errorCode(error) ?? "")) throw error;
    await writeDurably(path, text, directory);
  }
}
