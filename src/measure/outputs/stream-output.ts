import { setImmediate } from "node:timers/promises";
import { err, ok, type Result } from "../../domain/result.ts";
import { type Block, createBlock } from "../kernel/block.ts";
import { type NpyFault, type NpyFile, openNpy } from "../npy/file.ts";
import { elementCount } from "../npy/header.ts";
import { type OutputFolder, outputFile } from "./output-folder.ts";
import { type ElementTolerance, type Found, noTotals, scanBlock } from "./scan-block.ts";
import type { Segment } from "./segments.ts";
import type { OutputForm } from "./structure.ts";
import type { StrangeElement, TensorSums } from "./tensor-sums.ts";

/** One output of two folders whose forms were found equal. */
export interface OutputPair {
  readonly output: string;
  readonly reference: OutputFolder;
  readonly candidate: OutputFolder;
  readonly segments: readonly Segment[];
  readonly form: OutputForm;
}

/** A file that could be opened before and cannot be read now. */
export type StreamFault =
  | { readonly kind: "interrupted" }
  | { readonly kind: "broken"; readonly side: "reference" | "candidate"; readonly message: string };

/** Blocks (2 x 128 KiB of float32) between two turns of the event loop: about 3 ms. */
const BLOCKS_PER_TURN = 64;

/**
 * Compares one output over all samples in blocks of 32 Ki elements, in at most 2 MiB whatever the size. Gives the event
 * loop its turn every few milliseconds, and stops there when the signal says so.
 */
export async function streamOutput(
  pair: OutputPair,
  tolerance: ElementTolerance,
  signal?: AbortSignal,
): Promise<Result<TensorSums, StreamFault>> {
  const totals = noTotals();
  const block = createBlock(pair.form.dtype);
  let blocks = 0;
  for (const files of openSegments(pair)) {
    if (!files.ok) return files;
    for (const chunk of chunks(files.value, block)) {
      if (!chunk.ok) return chunk;
      block.load(chunk.value);
      scanBlock(totals, block, chunk.value, tolerance);
      if (++blocks % BLOCKS_PER_TURN > 0) continue;
      await setImmediate();
      if (signal?.aborted) return err({ kind: "interrupted" });
    }
  }
  const { mostExceeding, mostDifferent, firstStrange, worstExcess: _, ...sums } = totals;
  const worst = mostExceeding ?? mostDifferent;
  return ok({ ...sums, worst: worst && locate(pair, worst), firstStrange: firstStrange && locate(pair, firstStrange) });
}

interface OpenSegment {
  readonly reference: NpyFile;
  readonly candidate: NpyFile;
  readonly itemBytes: number;
  /** Byte offsets of the segment in the two arrays. */
  readonly from: { readonly reference: number; readonly candidate: number };
  readonly elements: number;
}

/** The segments in turn, each with its two files open; they are closed when the next is asked for, or the loop is left. */
function* openSegments(pair: OutputPair): Generator<Result<OpenSegment, StreamFault>> {
  const { itemBytes, sampleShapes } = pair.form;
  for (const [number, segment] of pair.segments.entries()) {
    const sampleElements = elementCount(sampleShapes[number] ?? []);
    using files = new OpenFiles();
    const reference = files.open(pair.reference, segment.reference.shard, pair.output);
    if (!reference.ok) return yield err(broken(pair.output, "reference", reference.error));
    const candidate = files.open(pair.candidate, segment.candidate.shard, pair.output);
    if (!candidate.ok) return yield err(broken(pair.output, "candidate", candidate.error));
    const offset = (samples: number): number => samples * sampleElements * itemBytes;
    const from = { reference: offset(segment.reference.offset), candidate: offset(segment.candidate.offset) };
    yield ok({ reference: reference.value, candidate: candidate.value, itemBytes, from, elements: segment.samples * sampleElements });
  }
}

class OpenFiles implements Disposable {
  readonly #files: NpyFile[] = [];

  open(folder: OutputFolder, shard: number, output: string): Result<NpyFile, NpyFault> {
    const path = outputFile(folder, shard, output);
    if (path === null) return err({ kind: "missing", message: "it is missing" });
    const file = openNpy(path);
    if (file.ok) this.#files.push(file.value);
    return file;
  }

  [Symbol.dispose](): void {
    for (const file of this.#files) file.close();
  }
}

/** Reads a segment into the block, stretch by stretch, and gives the number of elements read. */
function* chunks(segment: OpenSegment, block: Block): Generator<Result<number, StreamFault>> {
  const { itemBytes, from } = segment;
  for (let done = 0; done < segment.elements; done += block.capacity) {
    const count = Math.min(block.capacity, segment.elements - done);
    const bytes = count * itemBytes;
    const reference = segment.reference.read(block.referenceBytes.subarray(0, bytes), from.reference + done * itemBytes);
    if (!reference.ok) return yield err(broken("", "reference", reference.error));
    const candidate = segment.candidate.read(block.candidateBytes.subarray(0, bytes), from.candidate + done * itemBytes);
    if (!candidate.ok) return yield err(broken("", "candidate", candidate.error));
    yield ok(count);
  }
}

function broken(output: string, side: "reference" | "candidate", fault: NpyFault): StreamFault {
  return { kind: "broken", side, message: `a file of output ${output} cannot be used: ${fault.message}`.replace("output  ", "an output ") };
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
