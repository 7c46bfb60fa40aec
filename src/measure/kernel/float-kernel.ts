import type { BlockExcess, BlockSums } from "./sums.ts";
import { assembleModule, type Code, op, type WasmFunction } from "./wasm-module.ts";
import { webAssembly } from "./web-assembly.ts";

/**
 * Compares float32 stretches with 128-bit SIMD, every operation in float64. WebAssembly fixes the result of each, so the
 * sums are the same on every machine. Measured beside `sumBlock` on Zen 3: 13 GB/s against 5 on blocks that stay in cache.
 *
 * The caller writes up to `capacity` elements into `reference` and `candidate` (views of the kernel's own memory, so that
 * files are read straight into it), then asks.
 */
export interface FloatKernel {
  readonly capacity: number;
  readonly reference: Float32Array<ArrayBuffer>;
  readonly candidate: Float32Array<ArrayBuffer>;
  sums(count: number): BlockSums;
  excess(count: number, atol: number, rtol: number): BlockExcess;
}

/** 32 Ki elements: two blocks of 128 KiB stay in a core's level-2 cache, and reads of this size are the fastest. */
const CAPACITY = 32 * 1024;
const PAGE = 64 * 1024;
const RESULTS = 0;
const REFERENCE = PAGE;
const CANDIDATE = REFERENCE + CAPACITY * 4;
/** Elements one turn of a kernel's loop takes: two vectors of two, in accumulators of their own. */
const UNROLL = 2;
const TURN = 2 * UNROLL;

export function createFloatKernel(): FloatKernel {
  const memory = new webAssembly.Memory({ initial: (CANDIDATE + CAPACITY * 4) / PAGE });
  const instance = new webAssembly.Instance(new webAssembly.Module(assembleModule([SUMS, EXCESS])), { env: { memory } });
  const { sums, excess } = instance.exports as KernelExports;
  const reference = new Float32Array(memory.buffer, REFERENCE, CAPACITY);
  const candidate = new Float32Array(memory.buffer, CANDIDATE, CAPACITY);
  const results = new Float64Array(memory.buffer, RESULTS, 8);
  const counts = new BigInt64Array(memory.buffer, RESULTS, 8);
  // A last incomplete turn is filled up with pairs of zeros, which add nothing.
  const end = (count: number): number => {
    const filled = Math.ceil(count / TURN) * TURN;
    reference.fill(0, count, filled);
    candidate.fill(0, count, filled);
    return REFERENCE + filled * 4;
  };
  return {
    capacity: CAPACITY,
    reference,
    candidate,
    sums: (count) => {
      if (count === 0) return { maxAbs: 0, difference: 0, reference: 0, inner: 0 };
      sums(REFERENCE, CANDIDATE, end(count), RESULTS);
      // sqrt(x * x) is exactly |x| in float64, so the kernel need not take absolute values.
      return { maxAbs: Math.sqrt(Math.max(at(results, 0), at(results, 1))), ...totalsOf(results) };
    },
    excess: (count, atol, rtol) => {
      if (count === 0) return { worst: 0, over: 0 };
      excess(REFERENCE, CANDIDATE, end(count), RESULTS, atol, rtol);
      return { worst: Math.max(at(results, 0), at(results, 1)), over: Number((counts[2] ?? 0n) + (counts[3] ?? 0n)) };
    },
  };
}

interface KernelExports {
  sums(reference: number, candidate: number, end: number, results: number): void;
  excess(reference: number, candidate: number, end: number, results: number, atol: number, rtol: number): void;
}

const at = (results: Float64Array, index: number): number => results[index] ?? Number.NaN;

function totalsOf(results: Float64Array): Omit<BlockSums, "maxAbs"> {
  return {
    difference: at(results, 2) + at(results, 3),
    reference: at(results, 4) + at(results, 5),
    inner: at(results, 6) + at(results, 7),
  };
}

// Parameters of both functions.
const [REF, CAND, END, OUT] = [0, 1, 2, 3] as const;

const SUMS: WasmFunction = buildSums();
const EXCESS: WasmFunction = buildExcess();

/** Leaves at OUT: max of squared differences, then the sums of `BlockSums` in its order; two lanes each. */
function buildSums(): WasmFunction {
  const [r, c, d] = [4, 5, 6] as const;
  const maximum = [7, 8];
  const totals = { difference: [9, 10], reference: [11, 12], inner: [13, 14] };
  const square = (local: number): Code => [...op.get(local), ...op.get(local), ...op.mul];
  const accumulate = (total: number, value: Code): Code => [...op.get(total), ...value, ...op.add, ...op.set(total)];
  const step = (lane: number): Code => [
    ...[...op.get(REF), ...op.loadTwoFloats(lane * 8), ...op.set(r)],
    ...[...op.get(CAND), ...op.loadTwoFloats(lane * 8), ...op.set(c)],
    ...accumulate(pick(totals.reference, lane), square(r)),
    ...accumulate(pick(totals.inner, lane), [...op.get(r), ...op.get(c), ...op.mul]),
    ...[...op.get(c), ...op.get(r), ...op.sub, ...op.set(d), ...square(d), ...op.set(d)],
    ...accumulate(pick(totals.difference, lane), op.get(d)),
    ...[...op.get(pick(maximum, lane)), ...op.get(d), ...op.pseudoMax, ...op.set(pick(maximum, lane))],
  ];
  const results = [
    ...writeBoth(maximum, op.pseudoMax, 0),
    ...Object.values(totals).flatMap((total, index) => writeBoth(total, op.add, 16 * (index + 1))),
  ];
  return { name: "sums", addresses: 4, numbers: 0, vectors: 11, body: [...loop(step), ...results] };
}

/**
 * Leaves at OUT: the largest excess above zero (two lanes), then the counts of elements with one above zero (two i64
 * lanes).
 */
function buildExcess(): WasmFunction {
  const [atolParameter, rtolParameter, atol, rtol, r, d, zero] = [4, 5, 6, 7, 8, 9, 10] as const;
  const worst = [11, 12];
  const over = [13, 14];
  const step = (lane: number): Code => [
    ...[...op.get(REF), ...op.loadTwoFloats(lane * 8), ...op.set(r)],
    ...[...op.get(CAND), ...op.loadTwoFloats(lane * 8), ...op.get(r), ...op.sub, ...op.abs],
    ...[...op.get(atol), ...op.get(rtol), ...op.get(r), ...op.abs, ...op.mul, ...op.add, ...op.sub, ...op.set(d)],
    ...[...op.get(pick(worst, lane)), ...op.get(d), ...op.pseudoMax, ...op.set(pick(worst, lane))],
    // A true comparison is -1 in its lane.
    ...[...op.get(pick(over, lane)), ...op.get(d), ...op.get(zero), ...op.greater, ...op.i64Sub, ...op.set(pick(over, lane))],
  ];
  const start = [
    ...[...op.get(atolParameter), ...op.splatF64, ...op.set(atol)],
    ...[...op.get(rtolParameter), ...op.splatF64, ...op.set(rtol)],
  ];
  const results = [...writeBoth(worst, op.pseudoMax, 0), ...writeBoth(over, op.i64Add, 16)];
  return { name: "excess", addresses: 4, numbers: 2, vectors: 9, body: [...start, ...loop(step), ...results] };
}

function loop(step: (lane: number) => Code): Code {
  const lanes = Array.from({ length: UNROLL }, (_, lane) => step(lane)).flat();
  const advance = (pointer: number): Code => [...op.get(pointer), ...op.i32Const(TURN * 4), ...op.i32Add];
  return op.repeat([
    ...lanes,
    ...[...advance(CAND), ...op.set(CAND)],
    ...[...advance(REF), ...op.tee(REF), ...op.get(END), ...op.i32LessUnsigned],
  ]);
}

function writeBoth(pair: readonly number[], combine: Code, offset: number): Code {
  return [...op.get(OUT), ...op.get(pick(pair, 0)), ...op.get(pick(pair, 1)), ...combine, ...op.store(offset)];
}

function pick(locals: readonly number[], lane: number): number {
  const local = locals[lane];
  if (local === undefined) throw new RangeError(`no local for lane ${lane}`);
  return local;
}
