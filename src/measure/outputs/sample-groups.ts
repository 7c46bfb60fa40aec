import type { Segment } from "./segments.ts";

/** Samples that are judged by themselves as well: those of one size, of which others may have many more elements. */
export interface SampleGroup {
  /** What they have in common, in words: `x [1, 3, 48, 64]`. */
  readonly name: string;
  /** Runs of samples, in order, counted through the whole set. */
  readonly runs: readonly SampleRun[];
}

export interface SampleRun {
  readonly start: number;
  readonly samples: number;
}

/** The segments as far as they lie in the group. */
export function segmentsOf(segments: readonly Segment[], { runs }: SampleGroup): Segment[] {
  return segments.flatMap((segment) => runs.flatMap((run) => overlap(segment, run)));
}

function overlap(segment: Segment, run: SampleRun): Segment[] {
  const start = Math.max(segment.start, run.start);
  const samples = Math.min(segment.start + segment.samples, run.start + run.samples) - start;
  if (samples <= 0) return [];
  const moved = (place: Segment["reference"]) => ({ ...place, offset: place.offset + start - segment.start });
  return [{ start, samples, reference: moved(segment.reference), candidate: moved(segment.candidate) }];
}
