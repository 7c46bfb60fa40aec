import type { EngineName } from "../../domain/command.ts";
import type { Failure } from "../../domain/failure.ts";
import { engineFailure } from "../container/engine-failure.ts";
import { environmentFailure } from "../environments/environment-failure.ts";

export interface FailedImageWork {
  /** What was being done, as it goes after "could not": `pull the base image X`. */
  readonly doing: string;
  /** What the engine's client printed, its last part. */
  readonly output: string;
  readonly log: string;
  readonly interrupted: boolean;
}

/** Why an engine could not pull, push, save or load, by its client's own words. */
export function imageFailure(engine: EngineName, { doing, output, log, interrupted }: FailedImageWork): Failure {
  if (interrupted) return { reason: "interrupted", message: `Stopped before ${engine} could ${doing}.`, log };
  const failure = engineFailure(engine, { output, missing: false, log });
  const cause = failure.message.replace(/^.*could not do what it was asked: /, "");
  return { ...failure, message: `${engine} could not ${doing}: ${cause}` };
}

export interface FailedBuild extends FailedImageWork {
  /** The environment's name. */
  readonly name: string;
}

/**
 * Why an image could not be built. Once the installer has run it is mostly the cause, and its own words say why; but a full disk is the
 * engine's, and so is a daemon that is gone.
 */
export function buildFailure(engine: EngineName, failed: FailedBuild): Failure {
  const { name, output, log, interrupted } = failed;
  if (interrupted) return { reason: "interrupted", message: `Stopped while the image of ${name} was being built.`, log };
  const engines = imageFailure(engine, failed);
  if (!INSTALLER.test(output) || ENGINES_OWN.test(output)) return engines;
  return environmentFailure({ name, part: "its image", output, log, interrupted: false });
}

/** Words of pip, which only speaks once the base is there and the build's first step runs. */
const INSTALLER = /^(?:#\d+ [\d.]+ )?\s*(?:Collecting|Looking in|Downloading|WARNING: Retrying|ERROR: )/m;
const ENGINES_OWN =
  /no space left on device|disk quota exceeded|cannot connect to the docker daemon|error reading from server|rpc error: code = Unavailable/i;
