import { ok, type Result } from "../../domain/result.ts";
import { createBlock } from "../kernel/block.ts";
import { elementCount } from "../npy/header.ts";
import { type OutputPair, readBlocks, type StreamFault } from "./read-blocks.ts";
import { type ElementTolerance, type Found, noTotals, scanBlock, worstElement } from "./scan-block.ts";
import type { StrangeElement, TensorSums } from "./tensor-sums.ts";

/** Compares one output over all samples, in blocks of 32 Ki elements and at most 2 MiB whatever its size. */
export async function streamOutput(
  pair: OutputPair,
  tolerance: ElementTolerance,
  signal?: AbortSignal,
): Promise<Result<TensorSums, StreamFault>> {
  const totals = noTotals();
  const block = createBlock(pair.form.dtype);
  const visit = (count: number): boolean => {
    block.load(count);
    scanBlock(totals, block, count, tolerance);
    return true;
  };
  const read = await readBlocks(pair, block, visit, signal);
  if (!read.ok) return read;
  const { mostExceeding: _, mostDifferent: __, worstExcess: ___, firstStrange, ...sums } = totals;
  const worst = worstElement(totals, tolerance);
  return ok({ ...sums, worst: worst && locate(pair, worst), firstStrange: firstStrange && locate(pair, firstStrange) });
}

/** From a position in the stream to sample and index. */
function locate({ segments, form }: OutputPair, found: Found): StrangeElement {
  let before = 0;
  for (const [number, segment] of segments.entries()) {
    const shape = form.sampleShapes[number] ?? [];
    const size = elementCount(shape);
    const inSegment = found.position - before;
    if (inSegment < segment.samples * size) {
      const sample = segment.start + Math.floor(inSegment / size);
      return { sample, index: unravel(inSegment % size, shape), value: found.value, reference: found.reference };
    }
    before += segment.samples * size;
  }
  throw new RangeError(`element ${found.position} lies outside the tensor`);
}

function unravel(position: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = position;
  for (const size of shape.toReversed()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}
