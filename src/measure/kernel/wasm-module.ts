/**
 * A very small assembler for WebAssembly functions over a shared memory, so that the SIMD kernels have readable source
 * and no binary is committed. Only what the kernels use is here. Encodings: WebAssembly core specification 2.0, chapter 5.
 */

/** Bytes of one or several instructions. */
export type Code = readonly number[];

/** One exported function: parameters are i32 addresses first, then f64 numbers; all other locals are v128; no result. */
export interface WasmFunction {
  readonly name: string;
  readonly addresses: number;
  readonly numbers: number;
  readonly vectors: number;
  readonly body: Code;
}

/** The bytes of a module that imports `env.memory` and exports the functions. */
export function assembleModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(functions.map(functionType))),
    ...section(2, vector([[...text("env"), ...text("memory"), 0x02, 0x00, 0x01]])),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(7, vector(functions.map((each, index) => [...text(each.name), 0x00, ...unsigned(index)]))),
    ...section(10, vector(functions.map(functionBody))),
  ]);
}

const I32 = 0x7f;
const F64 = 0x7c;
const V128 = 0x7b;

const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)];

/** The instructions the kernels need. `local` numbers parameters first. */
export const op = {
  get: (local: number): Code => [0x20, ...unsigned(local)],
  set: (local: number): Code => [0x21, ...unsigned(local)],
  tee: (local: number): Code => [0x22, ...unsigned(local)],
  i32Const: (value: number): Code => [0x41, ...signed(value)],
  i32Add: [0x6a],
  i32LessUnsigned: [0x49],
  /** Runs `body` again while it leaves a non-zero i32. */
  repeat: (body: Code): Code => [0x03, 0x40, ...body, 0x0d, 0x00, 0x0b],
  splatF64: simd(0x14),
  store: (offset: number): Code => [...simd(0x0b), 0x04, ...unsigned(offset)],
  /** Two float32 from memory, as two float64. */
  loadTwoFloats: (offset: number): Code => [...simd(0x5d), 0x03, ...unsigned(offset), ...simd(0x5f)],
  abs: simd(0xec),
  add: simd(0xf0),
  sub: simd(0xf1),
  mul: simd(0xf2),
  /** `b` where a < b, else `a`: one machine instruction, and a NaN in `b` is passed over. */
  pseudoMax: simd(0xf7),
  greater: simd(0x4a),
  i64Sub: simd(0xd1),
  i64Add: simd(0xce),
} as const;

function functionType(each: WasmFunction): Code {
  const parameters = [...Array<number>(each.addresses).fill(I32), ...Array<number>(each.numbers).fill(F64)];
  return [0x60, ...unsigned(parameters.length), ...parameters, 0x00];
}

function functionBody(each: WasmFunction): Code {
  const code = [0x01, ...unsigned(each.vectors), V128, ...each.body, 0x0b];
  return [...unsigned(code.length), ...code];
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): Code {
  return [...unsigned(value.length), ...Buffer.from(value, "ascii")];
}

/** LEB128, unsigned. */
function unsigned(value: number): Code {
  const low = value & 0x7f;
  return value < 0x80 ? [low] : [low | 0x80, ...unsigned(value >>> 7)];
}

/** LEB128, signed. */
function signed(value: number): Code {
  const low = value & 0x7f;
  const rest = value >> 7;
  const ends = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return ends ? [low] : [low | 0x80, ...signed(rest)];
}
