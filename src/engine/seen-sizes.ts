import { type SeenAxis, shapesText } from "../domain/sizes.ts";
import type { ModelSignature, TensorSignature } from "../domain/tensor.ts";
import type { SampleGroup } from "../measure/outputs/sample-groups.ts";
import type { ShardShapes } from "./shard-shapes.ts";

/** The sizes that the validation samples of a data set have in the dimensions with a range. */
export interface SeenSizes {
  readonly axes: readonly SeenAxis[];
  /** The shapes that speed is measured at, where no sample has them; null where there is such a sample. */
  readonly missing: string | null;
  /** The shapes there are, a few of them, in words. */
  readonly there: readonly string[];
}

/** More than these in a message help nobody. */
const MOST_SHOWN = 6;

export function seenSizes(shards: readonly ShardShapes[], { inputs }: ModelSignature): SeenSizes {
  const ranged = inputs.filter(({ ranges = [] }) => ranges.length > 0);
  const wanted = shapesText(Object.fromEntries(ranged.map((input) => [input.name, optShape(input)])));
  const there = [...new Set(shards.map(({ shapes }) => shapesText(shapes)))];
  return {
    axes: ranged.flatMap((input) => seenAxes(input, shards)),
    missing: there.includes(wanted) ? null : wanted,
    there: there.slice(0, MOST_SHOWN),
  };
}

/** The samples by their shapes: each size is judged by itself. */
export function groupBySize(shards: readonly ShardShapes[]): SampleGroup[] {
  const groups = new Map<string, { start: number; samples: number }[]>();
  let start = 0;
  for (const { samples, shapes } of shards) {
    const name = shapesText(shapes);
    groups.set(name, [...(groups.get(name) ?? []), { start, samples }]);
    start += samples;
  }
  return [...groups].map(([name, runs]) => ({ name, runs }));
}

function seenAxes({ name: input, ranges = [] }: TensorSignature, shards: readonly ShardShapes[]): SeenAxis[] {
  return ranges.map(({ axis, min, opt, max }) => {
    const sizes = shards.map(({ shapes }) => shapes[input]?.[axis] ?? 0);
    return { input, axis, min, opt, max, least: Math.min(...sizes), greatest: Math.max(...sizes) };
  });
}

function optShape({ shape, ranges = [] }: TensorSignature): number[] {
  return shape.map((size, axis) => ranges.find((range) => range.axis === axis)?.opt ?? size);
}
