import type { Failure } from "../../domain/failure.ts";
import { ok, type Result } from "../../domain/result.ts";
import { median } from "../statistics/order.ts";
import type { HostProbe } from "./host-sample.ts";
import type { MeasuredProcess, RunTimes } from "./measured-process.ts";
import { taintOf } from "./taint.ts";

/** One side of a measurement: its process, and how many inferences a turn has. */
export interface Side {
  readonly process: MeasuredProcess;
  readonly runs: number;
}

/** The times of both sides in one round, and why it cannot be trusted, if so. */
export interface Round {
  readonly candidate: RunTimes;
  readonly baseline: RunTimes;
  /** Baseline median / candidate median. */
  readonly ratio: number;
  readonly taint: string | null;
}

/**
 * One round of four turns, A-B-B-A: a drift that is linear over the round adds the same to both sides. Rounds in turn begin
 * with the candidate and with the baseline. The first inference of a turn is run and dropped: it finds the caches full of
 * the other side's data, as no user's program would.
 */
export async function runRound(
  sides: { candidate: Side; baseline: Side },
  first: SideName,
  probe: HostProbe,
): Promise<Result<Round, Failure>> {
  const second: SideName = first === "candidate" ? "baseline" : "candidate";
  const times = { candidate: emptyTimes(), baseline: emptyTimes() };
  const before = probe.sample();
  let workerNs = 0;
  for (const name of [first, second, second, first]) {
    const { process, runs } = sides[name];
    const turn = await process.run(runs + 1);
    if (!turn.ok) return turn;
    workerNs += turn.value.cpuNs.reduce((sum, time) => sum + time, 0);
    times[name].wallNs.push(...turn.value.wallNs.slice(1));
    times[name].cpuNs.push(...turn.value.cpuNs.slice(1));
  }
  const taint = taintOf(before, probe.sample(), workerNs);
  const ratio = Math.max(1, median(times.baseline.wallNs)) / Math.max(1, median(times.candidate.wallNs));
  return ok({ ...times, ratio, taint });
}

type SideName = "candidate" | "baseline";

function emptyTimes(): { wallNs: number[]; cpuNs: number[] } {
  return { wallNs: [], cpuNs: [] };
}
