import { totalmem } from "node:os";
import type { Limits } from "../domain/command.ts";

/** Limits as flags give them, or do not. */
export type GivenLimits = { readonly [Name in keyof Limits]?: Limits[Name] | undefined };

const TIMEOUT_MS = 30 * 60_000;
/** Of the machine's memory. */
const MEMORY_SHARE = 0.8;
/** Threads count too: enough for a compiler on a large machine, far too few for a fork bomb to be felt. */
const PROCESSES = 4096;
/** More than the models of a single machine, and hashed in well under a minute. */
const OUTPUT_BYTES = 64e9;

/** What each step is held to, unless flags say otherwise. */
export function stepLimits(given: GivenLimits = {}): Limits {
  return {
    timeoutMs: given.timeoutMs ?? TIMEOUT_MS,
    memoryBytes: given.memoryBytes ?? Math.floor(totalmem() * MEMORY_SHARE),
    processes: given.processes ?? PROCESSES,
    outputBytes: given.outputBytes ?? OUTPUT_BYTES,
  };
}
