import type { OutputSet } from "../../domain/dataset.ts";

/** A run of samples that lies in one shard of the reference and in one of the candidate. */
export interface Segment {
  /** Number of the first sample in the whole set. */
  readonly start: number;
  readonly samples: number;
  readonly reference: Place;
  readonly candidate: Place;
}

interface Place {
  readonly shard: number;
  /** First sample inside the shard. */
  readonly offset: number;
}

type Shards = OutputSet["shards"];

/**
 * Cuts the samples of two sets at the shard ends of both, so that two sets that are cut differently can be compared.
 * Both must hold the same number of samples.
 */
export function alignShards(reference: Shards, candidate: Shards): Segment[] {
  const segments: Segment[] = [];
  const at = { reference: { shard: 0, offset: 0 }, candidate: { shard: 0, offset: 0 } };
  for (let start = 0; ; ) {
    const left = skipFinished(reference, at.reference);
    const right = skipFinished(candidate, at.candidate);
    if (left === 0 || right === 0) return segments;
    const samples = Math.min(left, right);
    segments.push({ start, samples, reference: { ...at.reference }, candidate: { ...at.candidate } });
    at.reference.offset += samples;
    at.candidate.offset += samples;
    start += samples;
  }
}

/** Moves on to a shard with samples left and says how many; 0 at the end. */
function skipFinished(shards: Shards, place: { shard: number; offset: number }): number {
  for (let shard = shards[place.shard]; shard !== undefined; shard = shards[place.shard]) {
    if (place.offset < shard.samples) return shard.samples - place.offset;
    place.shard++;
    place.offset = 0;
  }
  return 0;
}
