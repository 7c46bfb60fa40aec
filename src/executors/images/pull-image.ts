import type { Failure } from "../../domain/failure.ts";
import { type Engine, runEngine } from "../container/engine.ts";
import { imageFailure } from "./image-failure.ts";
import { isLoopback } from "./image-layout.ts";

export interface PullRequest {
  readonly engine: Engine;
  readonly reference: string;
  /** What it is to the user: `the base image`. */
  readonly what: string;
  readonly log: string;
  readonly signal: AbortSignal;
  onProgress(text: string): void;
}

/** Brings an image in from a registry. Null when all went well. */
export async function pullImage({ engine, reference, what, log, signal, onProgress }: PullRequest): Promise<Failure | null> {
  onProgress(`pulling ${reference}`);
  const end = await runEngine(engine, pullArgv(engine.name, reference), { log, signal });
  if (end.code === 0 && !signal.aborted) return null;
  return imageFailure(engine.name, { doing: `pull ${what} ${reference}`, output: end.output, log, interrupted: signal.aborted });
}

/** The words after the client program. Pure. */
export function pullArgv(engine: Engine["name"], reference: string): string[] {
  return ["pull", ...plainHttp(engine, reference), reference];
}

/** A registry on this machine itself has no certificate; docker knows that by its address, podman is told. */
export function plainHttp(engine: Engine["name"], reference: string): string[] {
  return engine === "podman" && isLoopback(reference) ? ["--tls-verify=false"] : [];
}
