import type { SampleTolerance } from "../../domain/recipe.ts";
import { ok, type Result } from "../../domain/result.ts";
import { counted, percent, short } from "../numbers.ts";
import type { OutputPair, StreamFault } from "./read-blocks.ts";
import { segmentsOf } from "./sample-groups.ts";
import type { ElementTolerance } from "./scan-block.ts";
import { streamOutput } from "./stream-output.ts";
import type { TensorSums } from "./tensor-sums.ts";

/** The whole output's sums, and what it is held to. */
export interface WholeOutput {
  readonly sums: TensorSums;
  readonly tolerance: ElementTolerance;
  readonly limit: SampleTolerance;
  readonly samples: number;
}

/**
 * The fault of an output whose error lies in few samples; null where no more of them than allowed are that far off. A sample's error is
 * taken relative to its own length, or to the mean one where it is shorter, so that a sample of next to nothing is not held to nothing.
 */
export async function judgeSamples(
  pair: OutputPair,
  whole: WholeOutput,
  signal?: AbortSignal,
): Promise<Result<string | null, StreamFault>> {
  const { sums, limit, samples } = whole;
  if (!canHide(whole)) return ok(null);
  const meanSquare = sums.reference / sums.finite;
  let off = 0;
  let first: { sample: number; relL2: number } | null = null;
  for (let sample = 0; sample < samples; sample++) {
    const found = await oneSample(pair, sample, whole.tolerance, signal);
    if (!found.ok) return found;
    const relL2 = Math.sqrt(found.value.difference / Math.max(found.value.reference, meanSquare * found.value.finite));
    if (!(relL2 > limit.relativeL2)) continue;
    off++;
    first ??= { sample, relL2 };
  }
  if (first === null || off <= limit.mismatch * samples) return ok(null);
  const allowed = limit.mismatch === 0 ? "none" : percent(limit.mismatch);
  const least = `${short(limit.relativeL2)} of their length`;
  return ok(
    `${off} of ${counted(samples, "sample")} are off by more than ${least} (${allowed} may), the first is sample ${first.sample}, by ${short(first.relL2)}`,
  );
}

/** An error of `limit` in one sample of mean length is 1/n of the whole's squares: below that no sample can be so far off. */
function canHide({ sums, limit, samples }: WholeOutput): boolean {
  if (samples < 2 || sums.reference === 0) return false;
  return sums.difference >= (limit.relativeL2 ** 2 * sums.reference) / samples;
}

async function oneSample(pair: OutputPair, start: number, tolerance: ElementTolerance, signal?: AbortSignal) {
  const group = { name: "", runs: [{ start, samples: 1 }] };
  const shapes = pair.segments.flatMap((segment, number) => segmentsOf([segment], group).map(() => pair.form.sampleShapes[number] ?? []));
  const form = { ...pair.form, sampleShapes: shapes };
  return await streamOutput({ ...pair, segments: segmentsOf(pair.segments, group), form }, tolerance, signal);
}
