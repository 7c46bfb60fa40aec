import type { Failure } from "../../domain/failure.ts";
import { ok, type Result } from "../../domain/result.ts";
import { median } from "../statistics/order.ts";
import type { HostProbe } from "./host-sample.ts";
import type { MeasuredProcess, RunTimes } from "./measured-process.ts";
import { taintOf } from "./taint.ts";

/** One side of a measurement: its process, and how often a turn of it goes over the samples of the turn. */
export interface Side {
  readonly process: MeasuredProcess;
  readonly passes: number;
}

/** Both sides, and how many samples a turn has: the same ones for both. */
export interface Sides {
  readonly candidate: Side;
  readonly baseline: Side;
  readonly samples: number;
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
 * with the candidate and with the baseline; `number` counts them from 0. An inference's time may depend on its data, so
 * both sides count the same samples in each half of a round, and turn by turn, round by round these go on through all of them.
 *
 * The first inference of a turn is run and dropped: it finds the caches full of the other side's data, as no user's program
 * would. It repeats the first sample that counts: one of its own would fall out each time the turns and the samples keep step.
 */
export async function runRound(sides: Sides, number: number, probe: HostProbe): Promise<Result<Round, Failure>> {
  const first: SideName = number % 2 === 0 ? "candidate" : "baseline";
  const second: SideName = first === "candidate" ? "baseline" : "candidate";
  const times = { candidate: emptyTimes(), baseline: emptyTimes() };
  const before = probe.sample();
  let workerNs = 0;
  for (const [at, name] of ([first, second, second, first] as const).entries()) {
    const half = at < 2 ? 0 : 1;
    const { process, passes } = sides[name];
    const samples = samplesOfTurn((2 * number + half) * sides.samples, sides.samples, passes);
    const turn = await process.run(samples.length + 1, [samples[0] ?? 0, ...samples]);
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

function samplesOfTurn(from: number, samples: number, passes: number): number[] {
  return Array.from({ length: samples * passes }, (_, i) => from + (i % samples));
}

function emptyTimes(): { wallNs: number[]; cpuNs: number[] } {
  return { wallNs: [], cpuNs: [] };
}
