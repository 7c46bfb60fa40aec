import type { Failure } from "../../domain/failure.ts";
import { ok, type Result } from "../../domain/result.ts";
import { median } from "../statistics/order.ts";
import type { MeasuredProcess } from "./measured-process.ts";

export interface WarmUp {
  /** Median wall time of one inference at the end. */
  readonly medianNs: number;
  readonly steady: boolean;
}

export interface WarmUpLimits {
  /** Wall time of inferences to spend at most. */
  readonly budgetNs: number;
  /** Wall time of one batch. */
  readonly batchNs: number;
}

/** Batches looked at together. */
const WINDOW = 3;
/** Their medians must lie within this of one another. */
const STEADY = 0.05;

/**
 * Runs batches until steady: the medians of the last three batches lie within 5 % of one another. First inferences
 * allocate, compile and fill caches; a fixed count of them is too few for some runtimes and wasted on others. Ends without
 * being steady when the budget is used up: the rounds that follow are interleaved, so what still drifts meets both sides
 * alike.
 */
export async function warmUp(process: MeasuredProcess, limits: WarmUpLimits): Promise<Result<WarmUp, Failure>> {
  const medians: number[] = [];
  let spentNs = 0;
  let count = 1;
  for (;;) {
    const times = await process.run(count);
    if (!times.ok) return times;
    spentNs += times.value.wallNs.reduce((sum, time) => sum + time, 0);
    const medianNs = Math.max(1, median(times.value.wallNs));
    medians.push(medianNs);
    if (isSteady(medians.slice(-WINDOW))) return ok({ medianNs, steady: true });
    if (medians.length >= WINDOW && spentNs >= limits.budgetNs) return ok({ medianNs, steady: false });
    count = runsIn(limits.batchNs, medianNs);
  }
}

/** Few enough for one answer of the protocol. */
export const MOST_RUNS = 2_000;

/** How many inferences of a length fill a time: at least 1. */
export function runsIn(timeNs: number, oneNs: number): number {
  return Math.min(MOST_RUNS, Math.max(1, Math.round(timeNs / Math.max(1, oneNs))));
}

function isSteady(medians: readonly number[]): boolean {
  return medians.length === WINDOW && Math.max(...medians) <= Math.min(...medians) * (1 + STEADY);
}
