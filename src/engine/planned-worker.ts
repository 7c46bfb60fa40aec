import { basename } from "node:path";
import type { Digest } from "../domain/digest.ts";
import type { Environments } from "../domain/environment.ts";
import type { Failure } from "../domain/failure.ts";
import type { WorkerSpec } from "../domain/step-specs.ts";
import { digestWorker } from "../toolchains/worker-identity.ts";

/**
 * Why a worker is no longer the one that its step was planned with; null where it is, and for one that was not planned. Its folder is
 * mounted as it lies there, so that an edit during a build would be run, and its result kept, under a key that stands for what was before.
 *
 * @param environment digest of the environment as it is now; null: it cannot be named any more
 */
export async function whyNotAsPlanned(worker: WorkerSpec, environment: Digest | null): Promise<Failure | null> {
  const { directory, library, workerDigest, environmentDigest } = worker;
  if (environmentDigest && environment !== environmentDigest) return changed(worker.environment.lock);
  if (workerDigest === undefined) return null;
  const now = await digestWorker(directory, library).catch(() => null);
  return now === workerDigest ? null : changed(`The ${basename(directory)} worker (${directory})`);
}

/** The same for a worker that has run: what ran was what was planned if it is so before and after. */
export async function whyNotStillAsPlanned(worker: WorkerSpec, environments: Environments): Promise<Failure | null> {
  if (worker.workerDigest === undefined) return null;
  const identity = await environments.identify(worker.environment);
  return whyNotAsPlanned(worker, identity.ok ? identity.value.digest : null);
}

function changed(what: string): Failure {
  return { reason: "hash-mismatch", message: `${what} was changed while the build was running.`, hint: "Run the build again." };
}
