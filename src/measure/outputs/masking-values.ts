import { ok, type Result } from "../../domain/result.ts";
import { createBlock } from "../kernel/block.ts";
import { type OutputPair, readBlocks, type StreamFault } from "./read-blocks.ts";

/** Constants that models mask with begin here: -10000 (BERT), -65504, -1e9, the least float32. */
const LEAST_MASK = 2 ** 13;

/** How far they stand above the root mean square of all that is smaller. What grows without a gap is no mask. */
const GAP = 2 ** 8;

/**
 * From which magnitude on an output's values are masks and not results: null where there are none. A handful of -1e9 among logits would
 * set the scale that all other elements are held to, and be all of their relative L2 error.
 */
export async function maskingValues(pair: OutputPair, signal?: AbortSignal): Promise<Result<number | null, StreamFault>> {
  const magnitudes = new Magnitudes();
  const block = createBlock(pair.form.dtype);
  const visit = (count: number): boolean => {
    block.load(count);
    for (let i = 0; i < count; i++) magnitudes.add(block.reference[i] ?? 0);
    return true;
  };
  const read = await readBlocks(pair, block, visit, signal);
  return read.ok ? ok(magnitudes.masksFrom()) : read;
}

interface Bin {
  readonly least: number;
  readonly count: number;
  readonly squares: number;
}

/** Counts and squares of values below any mask, and of those that may be masks by their power of two. */
class Magnitudes {
  #count = 0;
  #squares = 0;
  readonly #large = new Map<number, Bin>();

  add(value: number): void {
    const magnitude = Math.abs(value);
    // NaN is neither.
    if (magnitude < LEAST_MASK) {
      this.#count++;
      this.#squares += magnitude * magnitude;
    } else if (Number.isFinite(magnitude)) this.#addLarge(magnitude);
  }

  masksFrom(): number | null {
    let [count, squares] = [this.#count, this.#squares];
    for (const [, bin] of [...this.#large].sort(([a], [b]) => a - b)) {
      // Beside nothing but zeros any value is large: they have no scale.
      if (squares > 0 && bin.least >= GAP * Math.sqrt(squares / count)) return bin.least;
      count += bin.count;
      squares += bin.squares;
    }
    return null;
  }

  #addLarge(magnitude: number): void {
    const exponent = Math.floor(Math.log2(magnitude));
    const { least = magnitude, count = 0, squares = 0 } = this.#large.get(exponent) ?? {};
    this.#large.set(exponent, { least: Math.min(least, magnitude), count: count + 1, squares: squares + magnitude * magnitude });
  }
}
