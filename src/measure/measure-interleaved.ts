import type { Failure } from "../domain/failure.ts";
import { err, ok, type Result } from "../domain/result.ts";
import type { HostProbe } from "./rounds/host-sample.ts";
import type { MeasuredProcess } from "./rounds/measured-process.ts";
import { type Round, runRound, type Sides } from "./rounds/run-round.ts";
import { LEAST_ROUNDS, type Measured, ratioInterval, summarise } from "./rounds/summarise.ts";
import { MOST_RUNS, runsIn, warmUp } from "./rounds/warm-up.ts";

export interface MeasureSettings {
  readonly threads: number;
  /** A ratio within 1 +- margin counts as no difference. */
  readonly margin: number;
  readonly seed: number;
  /** Samples of the candidate to take if the time allows: what the recipe's percentiles need (`samplesForLimits`). */
  readonly samples: number;
  /** Time for the rounds. Enough of them are finished beyond it, up to three times as long, and those a verdict takes up to four. */
  readonly budgetMs?: number;
  /** Wall time of one turn of one side. */
  readonly turnMs?: number;
  readonly warmUpMs?: number;
}

export interface MeasureRequest {
  readonly candidate: MeasuredProcess;
  readonly baseline: MeasuredProcess;
  readonly settings: MeasureSettings;
  readonly hostProbe: HostProbe;
  readonly signal: AbortSignal;
  /** A few words and the share of the time budget used. */
  onProgress?(text: string, fraction: number): void;
}

/** 12 clean rounds: the interval of a median of fewer is little more than their range. */
const ENOUGH_ROUNDS = 12;
const MOST_ROUNDS = 400;
/** Rounds between two looks at the interval. */
const LOOK_EVERY = 4;
const DEFAULTS = { budgetMs: 30_000, turnMs: 100, warmUpMs: 4_000 };

/**
 * Measures a candidate beside the baseline in interleaved A-B-B-A rounds, until the interval of the ratio is narrow (half
 * its width at most half the margin) and the samples asked for are there, or the time is used up. It stops by the width
 * alone, never by the verdict: to stop as soon as a difference shows would find one among equals. Rounds that the host
 * disturbed are repeated while time is left (see `taintOf`, `summarise`).
 *
 * A busy host is no failure: see `summarise`. What the interval cannot know is how two starts of one and the same program
 * differ (where its memory lies): up to 2.5 % was measured for a matrix product. The margin is there for that.
 *
 * @returns the workers' own failures, or `interrupted`.
 */
export async function measureInterleaved(request: MeasureRequest): Promise<Result<Measured, Failure>> {
  const settings = { ...DEFAULTS, ...request.settings };
  const sides = await prepare(request, settings);
  if (!sides.ok) return sides;
  const { notes, ...both } = sides.value;
  const rounds: Round[] = [];
  const startNs = request.hostProbe.sample().atNs;
  for (let elapsedMs = 0; !isFinished(rounds, elapsedMs, settings); ) {
    if (request.signal.aborted) return err(INTERRUPTED);
    const round = await runRound(both, rounds.length, request.hostProbe);
    if (!round.ok) return request.signal.aborted ? err(INTERRUPTED) : round;
    rounds.push(round.value);
    elapsedMs = (request.hostProbe.sample().atNs - startNs) / 1e6;
    request.onProgress?.(`round ${rounds.length}, ratio ${round.value.ratio.toFixed(2)}`, Math.min(1, elapsedMs / settings.budgetMs));
  }
  const { margin, threads, seed } = settings;
  return ok(summarise(rounds, { baseline: request.baseline.name, margin, threads, seed, enough: ENOUGH_ROUNDS, notes }));
}

type FullSettings = MeasureSettings & typeof DEFAULTS;

interface Prepared extends Sides {
  readonly notes: readonly string[];
}

async function prepare(request: MeasureRequest, settings: FullSettings): Promise<Result<Prepared, Failure>> {
  const limits = { budgetNs: settings.warmUpMs * 1e6, batchNs: (settings.turnMs * 1e6) / 2 };
  const notes: string[] = [];
  /** How many inferences of a warm process fill a turn. */
  const ready = async (process: MeasuredProcess): Promise<Result<number, Failure>> => {
    if (request.signal.aborted) return err(INTERRUPTED);
    request.onProgress?.(`warming up ${process.name}`, 0);
    const warm = await warmUp(process, limits);
    if (!warm.ok) return request.signal.aborted ? err(INTERRUPTED) : warm;
    if (!warm.value.steady) notes.push(`${process.name} was still not steady after ${settings.warmUpMs / 1e3} s of warming up.`);
    return ok(runsIn(settings.turnMs * 1e6, warm.value.medianNs));
  };
  const { candidate, baseline } = request;
  const candidateRuns = await ready(candidate);
  if (!candidateRuns.ok) return candidateRuns;
  const baselineRuns = await ready(baseline);
  if (!baselineRuns.ok) return baselineRuns;
  const samples = Math.min(candidateRuns.value, baselineRuns.value);
  return ok({
    candidate: { process: candidate, passes: passesIn(candidateRuns.value, samples) },
    baseline: { process: baseline, passes: passesIn(baselineRuns.value, samples) },
    samples,
    notes,
  });
}

/** The faster side fills its turn by going over the slower one's samples a whole number of times. */
function passesIn(runs: number, samples: number): number {
  return Math.max(1, Math.min(Math.round(runs / samples), Math.floor(MOST_RUNS / samples)));
}

function isFinished(rounds: readonly Round[], elapsedMs: number, settings: FullSettings): boolean {
  const clean = rounds.filter((round) => round.taint === null);
  if (rounds.length >= MOST_ROUNDS || elapsedMs >= 4 * settings.budgetMs) return true;
  if (elapsedMs >= 3 * settings.budgetMs && rounds.length >= LEAST_ROUNDS) return true;
  if (elapsedMs >= settings.budgetMs && rounds.length >= ENOUGH_ROUNDS) return true;
  if (clean.length < ENOUGH_ROUNDS || clean.length % LOOK_EVERY > 0) return false;
  const samples = clean.reduce((sum, round) => sum + round.candidate.wallNs.length, 0);
  if (samples < settings.samples) return false;
  const { low, high } = ratioInterval(clean, settings.seed, 0.95);
  return (high - low) / 2 <= (settings.margin / 2) * low;
}

const INTERRUPTED: Failure = { reason: "interrupted", message: "measuring was interrupted" };
