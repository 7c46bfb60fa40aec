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
 * A worker's long-lived `measure` verb as a measured process: `{"run": n}` -> `{"wall_ns": [..], "cpu_ns": [..]}`. `failureOf`
 * says what it means when the worker reports an error or dies.
 */
export function askRun(name: string, command: Pick<OpenCommand, "ask">, failureOf: FailureOf): MeasuredProcess {
  const run = async (count: number): Promise<Result<RunTimes, Failure>> => {
    const said = await command.ask({ run: count });
    if (!said.ok) return err(await failureOf(said.error));
    if (refusal.safeParse(said.value).success) return err(await failureOf("error-reported"));
    const parsed = answer.safeParse(said.value);
    if (!parsed.success) return err(garbage(name, "its answer to a run is not the protocol's"));
    const { wall_ns: wallNs, cpu_ns: cpuNs } = parsed.data;
    if (wallNs.length !== count || cpuNs.length !== count) return err(garbage(name, `it gave ${wallNs.length} times for ${count} runs`));
    // Two clocks that both stand still would make any ratio possible.
    if (wallNs.every((time) => time === 0)) return err(garbage(name, "its runs took no time at all"));
    return ok({ wallNs, cpuNs });
  };
  return { name, run };
}

function garbage(name: string, what: string): Failure {
  return { reason: "garbage-output", message: `the worker of ${name} cannot be measured: ${what}` };
}
