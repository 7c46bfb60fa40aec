import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import type { Manifest } from "../publish/manifest.ts";
import { readManifest, verifyFiles } from "../verify-artifact.ts";
import { PROOF_FOLDER, type ProofRequest, proofSchema } from "./proof-schema.ts";

/** An artifact's folder, whole and unchanged, with what it is to be proven by. */
export interface OpenProof {
  /** Absolute. */
  readonly directory: string;
  readonly manifest: Manifest;
  readonly request: ProofRequest;
}

/**
 * Reads an artifact's manifest and proof request, after every file was found to be the one its manifest names. Loads nothing of it.
 * Errors: `not-provable` for what is no such artifact or carries no proof, `hash-mismatch` for one that was changed.
 */
export async function openProof(directory: string): Promise<Result<OpenProof, Failure>> {
  const read = await readManifest(directory);
  if ("problem" in read) return err(notProvable(read.problem.message));
  const { manifest } = read;
  const [problem] = await verifyFiles(directory, manifest);
  if (problem !== undefined) {
    const hint = "Take the artifact anew from where it was built: what changed since cannot be told from what was proven.";
    return err({ reason: "hash-mismatch", message: `${directory} is not the artifact its manifest describes: ${problem.message}`, hint });
  }
  const path = join(PROOF_FOLDER, "request.json");
  if (!manifest.files.some((file) => file.path === path)) return err(carriesNothing(directory, manifest));
  const request = await readRequest(join(directory, path));
  if (request === null) return err(notProvable(`${path} of ${directory} does not follow its schema: it was written by another Fettle.`));
  return ok({ directory, manifest, request });
}

/** A refusal to prove, with its mend where there is one. */
export function notProvable(message: string, hint?: string): Failure {
  return { reason: "not-provable", message, ...(hint !== undefined && { hint }) };
}

function carriesNothing(directory: string, { proof }: Manifest): Failure {
  const message = `${directory} carries nothing to be proven with; it is proven as far as \`${proof}\`.`;
  return notProvable(
    message,
    "What could be run where it was built carries nothing, and what was too large neither: see --proof-size of `fettle build`.",
  );
}

async function readRequest(path: string): Promise<ProofRequest | null> {
  try {
    return proofSchema.safeParse(JSON.parse(await readFile(path, "utf8"))).data ?? null;
  } catch {
    return null;
  }
}
