import { setImmediate } from "node:timers/promises";
import { err, ok, type Result } from "../../domain/result.ts";
import type { Block } from "../kernel/block.ts";
import { type NpyFault, type NpyFile, openNpy } from "../npy/file.ts";
import { elementCount } from "../npy/header.ts";
import { type OutputFolder, outputFile } from "./output-folder.ts";
import type { Segment } from "./segments.ts";
import type { OutputForm } from "./structure.ts";

/** One output of two folders whose forms were found equal. */
export interface OutputPair {
  readonly output: string;
  readonly reference: OutputFolder;
  readonly candidate: OutputFolder;
  readonly segments: readonly Segment[];
  readonly form: OutputForm;
}

/** A file that could be opened before and cannot be read now, or a signal to stop. */
export type StreamFault =
  | { readonly kind: "interrupted" }
  | { readonly kind: "broken"; readonly side: "reference" | "candidate"; readonly message: string };

/** Blocks (2 x 128 KiB of float32) between two turns of the event loop: about 3 ms. */
const BLOCKS_PER_TURN = 64;

/**
 * Reads one output over all samples into the block's buffers, stretch by stretch; `visit` hears how many elements lie there
 * and says whether to go on. Gives the event loop its turn every few milliseconds, and stops there when the signal says so.
 *
 * Everything runs on one thread: reading and comparing from the page cache reach 6 GB/s together, which is what numpy does in
 * blocks, and other steps of a build can use the other cores.
 */
export async function readBlocks(
  pair: OutputPair,
  block: Block,
  visit: (count: number) => boolean,
  signal?: AbortSignal,
): Promise<Result<null, StreamFault>> {
  let blocks = 0;
  for (const segment of openSegments(pair)) {
    if (!segment.ok) return segment;
    for (const count of readSegment(segment.value, block)) {
      if (!count.ok) return count;
      if (!visit(count.value)) return ok(null);
      if (++blocks % BLOCKS_PER_TURN > 0) continue;
      await setImmediate();
      if (signal?.aborted) return err({ kind: "interrupted" });
    }
  }
  return ok(null);
}

interface OpenSegment {
  readonly output: string;
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
    const elements = segment.samples * sampleElements;
    yield ok({ output: pair.output, reference: reference.value, candidate: candidate.value, itemBytes, from, elements });
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
function* readSegment(segment: OpenSegment, block: Block): Generator<Result<number, StreamFault>> {
  const { output, itemBytes, from } = segment;
  for (let done = 0; done < segment.elements; done += block.capacity) {
    const count = Math.min(block.capacity, segment.elements - done);
    const bytes = count * itemBytes;
    const reference = segment.reference.read(block.referenceBytes.subarray(0, bytes), from.reference + done * itemBytes);
    if (!reference.ok) return yield err(broken(output, "reference", reference.error));
    const candidate = segment.candidate.read(block.candidateBytes.subarray(0, bytes), from.candidate + done * itemBytes);
    if (!candidate.ok) return yield err(broken(output, "candidate", candidate.error));
    yield ok(count);
  }
}

function broken(output: string, side: "reference" | "candidate", fault: NpyFault): StreamFault {
  return { kind: "broken", side, message: `a file of output ${output} cannot be used: ${fault.message}` };
}
