import { join } from "node:path";
import type { Dataset } from "../domain/dataset.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { type SeenAxis, shapesText } from "../domain/sizes.ts";
import type { ModelSignature, TensorSignature } from "../domain/tensor.ts";
import { readNpyHeader } from "../measure/npy/file.ts";

/** The sizes that the validation samples of a data set have in the dimensions with a range. */
export interface SeenSizes {
  readonly axes: readonly SeenAxis[];
  /** The shapes that speed is measured at, where no sample has them; null where there is such a sample. */
  readonly missing: string | null;
  /** The shapes there are of inputs with a range, a few of them, in words. */
  readonly there: readonly string[];
}

/** More than these in a message help nobody. */
const MOST_SHOWN = 6;

/** Reads the headers of the validation shards, all of whose samples have one shape. The error is a sentence about a file. */
export function seenSizes(folder: string, { splits }: Dataset, { inputs }: ModelSignature): Result<SeenSizes, string> {
  const ranged = inputs.filter(({ ranges = [] }) => ranges.length > 0);
  const seen: Shapes[] = [];
  for (const shard of splits.validation.shards) {
    const shapes: Record<string, readonly number[]> = {};
    for (const { name } of ranged) {
      const header = readNpyHeader(join(folder, shard.inputs[name] ?? ""));
      if (!header.ok) return err(`the samples of input ${name} cannot be read: ${header.error.message}`);
      shapes[name] = header.value.shape.slice(1);
    }
    seen.push(shapes);
  }
  const opt = Object.fromEntries(ranged.map((input) => [input.name, optShape(input)]));
  const wanted = shapesText(opt);
  const there = [...new Set(seen.map(shapesText))];
  return ok({
    axes: ranged.flatMap((input) => seenAxes(input, seen)),
    missing: there.includes(wanted) ? null : wanted,
    there: there.slice(0, MOST_SHOWN),
  });
}

type Shapes = Readonly<Record<string, readonly number[]>>;

function seenAxes({ name: input, ranges = [] }: TensorSignature, seen: readonly Shapes[]): SeenAxis[] {
  return ranges.map(({ axis, min, opt, max }) => {
    const sizes = seen.map((shapes) => shapes[input]?.[axis] ?? 0);
    return { input, axis, min, opt, max, least: Math.min(...sizes), greatest: Math.max(...sizes) };
  });
}

function optShape({ shape, ranges = [] }: TensorSignature): number[] {
  return shape.map((size, axis) => ranges.find((range) => range.axis === axis)?.opt ?? size);
}
