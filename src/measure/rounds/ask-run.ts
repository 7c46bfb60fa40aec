import { z } from "zod";
import type { CommandExit, OpenCommand } from "../../domain/command.ts";
import type { Failure } from "../../domain/failure.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import type { MeasuredProcess, RunTimes } from "./measured-process.ts";

const times = z.array(z.int().nonnegative());
const answer = z.object({ wall_ns: times, cpu_ns: times });
const refusal = z.object({ error: z.unknown() });

/** What an end, or an `{"error": ...}` in place of an answer, means for the user. */
export type FailureOf = (end: CommandExit | "error-reported") => Promise<Failure> | Failure;

/**
 * A worker's long-lived `measure` verb as a measured process: `{"run": n}`, with `"samples": [..]` where it matters which,
 * -> `{"wall_ns": [..], "cpu_ns": [..]}`. `failureOf` says what it means when the worker reports an error or dies.
 */
export function askRun(name: string, command: Pick<OpenCommand, "ask">, failureOf: FailureOf): MeasuredProcess {
  const run = async (count: number, samples?: readonly number[]): Promise<Result<RunTimes, Failure>> => {
    const asked = performance.now();
    const said = await command.ask({ run: count, ...(samples && { samples }) });
    const passedNs = (performance.now() - asked) * 1e6;
    if (!said.ok) return err(await failureOf(said.error));
    if (refusal.safeParse(said.value).success) return err(await failureOf("error-reported"));
    const parsed = answer.safeParse(said.value);
    if (!parsed.success) return err(garbage(name, "its answer to a run is not the protocol's"));
    const { wall_ns: wallNs, cpu_ns: cpuNs } = parsed.data;
    if (wallNs.length !== count || cpuNs.length !== count) return err(garbage(name, `it gave ${wallNs.length} times for ${count} runs`));
    // Its clock and ours are the same one. That it claims less than passed cannot be told from here.
    if (sum(wallNs) > passedNs * CLOCK_MARGIN) return err(garbage(name, "its runs took longer than it took to answer"));
    // Two clocks that both stand still would make any ratio possible.
    if (wallNs.every((time) => time === 0)) return err(garbage(name, "its runs took no time at all"));
    return ok({ wallNs, cpuNs });
  };
  return { name, run };
}

/** Rounding, and the time between the reading of two clocks. */
const CLOCK_MARGIN = 1.01;

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function garbage(name: string, what: string): Failure {
  return { reason: "garbage-output", message: `the worker of ${name} cannot be measured: ${what}` };
}
