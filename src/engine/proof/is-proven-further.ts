import { meetsProof } from "../../domain/proof.ts";
import type { Manifest } from "../publish/manifest.ts";
import { isPublished } from "../publish/write-artifact.ts";
import { readManifest } from "../verify-artifact.ts";

/**
 * Whether a folder holds this very artifact, whole, judged by what this recipe asks, and proven further than it is here: it then stays as
 * it is.
 */
export async function isProvenFurther(directory: string, manifest: Manifest): Promise<boolean> {
  const read = await readManifest(directory);
  if ("problem" in read) return false;
  const there = read.manifest;
  if (!meetsProof(there.proof, manifest.proof) || there.proof === manifest.proof) return false;
  const alike: Manifest = { ...there, proof: manifest.proof, proven: manifest.proven };
  return JSON.stringify(alike) === JSON.stringify(manifest) && (await isPublished(directory, there));
}
