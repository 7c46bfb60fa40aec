import type { Dtype } from "../../domain/tensor.ts";
import { createFloatKernel } from "./float-kernel.ts";
import { type BlockExcess, type BlockSums, excessBlock, type Numbers, sumBlock } from "./sums.ts";

/**
 * A pair of buffers for stretches of one element type, and how such stretches are compared. Raw bytes are read into
 * `referenceBytes` and `candidateBytes`; `load` makes numbers of them; then the rest may be asked.
 */
export interface Block {
  /** Elements that fit. */
  readonly capacity: number;
  readonly referenceBytes: Uint8Array<ArrayBuffer>;
  readonly candidateBytes: Uint8Array<ArrayBuffer>;
  /** The loaded numbers: float32 where they hold the type exactly, else float64 (64-bit integers are rounded). */
  readonly reference: Numbers;
  readonly candidate: Numbers;
  load(count: number): void;
  sums(count: number): BlockSums;
  excess(count: number, atol: number, rtol: number): BlockExcess;
}

const CAPACITY = 32 * 1024;

type RawArray =
  | Float64Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>;

const RAW: Readonly<Partial<Record<Dtype, new (buffer: ArrayBuffer) => RawArray>>> = {
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  bool: Uint8Array,
};

/** Whether values of this type are compared within a tolerance; all others must be equal. */
export function isFloat(dtype: Dtype): boolean {
  return dtype === "float32" || dtype === "float64" || dtype === "float16";
}

/** The block for an element type. Memory: at most 2 MiB. Text has none: it is refused before. */
export function createBlock(dtype: Dtype): Block {
  if (dtype === "float32") return floatBlock();
  if (dtype === "float16") return halfBlock();
  if (dtype === "int64" || dtype === "uint64") return wideBlock(dtype);
  const Raw = RAW[dtype];
  if (Raw === undefined) throw new TypeError(`there is no comparison for ${dtype}`);
  return numberBlock(Raw, dtype);
}

function floatBlock(): Block {
  const kernel = createFloatKernel();
  return { ...kernel, referenceBytes: bytesOf(kernel.reference), candidateBytes: bytesOf(kernel.candidate), load: () => undefined };
}

function halfBlock(): Block {
  const kernel = createFloatKernel();
  const reference = new Float16Array(kernel.capacity);
  const candidate = new Float16Array(kernel.capacity);
  const load = (count: number): void => {
    kernel.reference.set(reference.subarray(0, count));
    kernel.candidate.set(candidate.subarray(0, count));
  };
  return { ...kernel, referenceBytes: bytesOf(reference), candidateBytes: bytesOf(candidate), load };
}

function numberBlock(Raw: new (buffer: ArrayBuffer) => RawArray, dtype: Dtype): Block {
  const reference = new Raw(new ArrayBuffer(CAPACITY * itemBytes(dtype)));
  const candidate = new Raw(new ArrayBuffer(CAPACITY * itemBytes(dtype)));
  const numbers = { reference: new Float64Array(CAPACITY), candidate: new Float64Array(CAPACITY) };
  const load = (count: number): void => {
    numbers.reference.set(reference.subarray(0, count));
    numbers.candidate.set(candidate.subarray(0, count));
  };
  return { ...plainBlock(numbers), referenceBytes: bytesOf(reference), candidateBytes: bytesOf(candidate), load };
}

/**
 * 64-bit integers: float64 rounds those beyond 2^53, so two unequal ones can become the same number. Such a pair is moved
 * apart by one rounding step, so that it never counts as equal.
 */
function wideBlock(dtype: "int64" | "uint64"): Block {
  const Raw = dtype === "int64" ? BigInt64Array : BigUint64Array;
  const reference = new Raw(new ArrayBuffer(CAPACITY * 8));
  const candidate = new Raw(new ArrayBuffer(CAPACITY * 8));
  const numbers = { reference: new Float64Array(CAPACITY), candidate: new Float64Array(CAPACITY) };
  const load = (count: number): void => {
    for (let i = 0; i < count; i++) {
      const r = Number(reference[i]);
      const c = Number(candidate[i]);
      numbers.reference[i] = r;
      numbers.candidate[i] = r === c && reference[i] !== candidate[i] ? r + Math.abs(r) * 2 ** -52 : c;
    }
  };
  return { ...plainBlock(numbers), referenceBytes: bytesOf(reference), candidateBytes: bytesOf(candidate), load };
}

type Plain = Pick<Block, "capacity" | "reference" | "candidate" | "sums" | "excess">;

function plainBlock(numbers: { reference: Float64Array; candidate: Float64Array }): Plain {
  return {
    capacity: CAPACITY,
    ...numbers,
    sums: (count) => sumBlock(numbers.reference, numbers.candidate, count),
    excess: (count, atol, rtol) => excessBlock(numbers, count, atol, rtol),
  };
}

function bytesOf(array: ArrayBufferView<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function itemBytes(dtype: Dtype): number {
  return dtype === "bool" ? 1 : Number(/\d+/.exec(dtype)?.[0]) / 8;
}
