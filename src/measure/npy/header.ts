import { err, ok, type Result } from "../../domain/result.ts";
import type { Dtype } from "../../domain/tensor.ts";

/** What an .npy file says of itself. Data is C order and little-endian: everything else is refused. */
export interface NpyHeader {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Bytes of one element; for strings, of the widest one. */
  readonly itemBytes: number;
  /** Where the data begins in the file. */
  readonly dataOffset: number;
}

/** Bytes that are enough to learn how long the header is: magic, version and a 2- or 4-byte length. */
export const NPY_PREAMBLE_BYTES = 12;

/** Longest header that is read: numpy's own limit against hostile headers is 10,000 characters. */
const MAX_HEADER_BYTES = 10_000;

const NUMERIC: Readonly<Record<string, Dtype>> = {
  f2: "float16",
  f4: "float32",
  f8: "float64",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  b1: "bool",
};

/**
 * Offset of the data, from the first 12 bytes of the file. Versions 1.0, 2.0 and 3.0 of numpy.lib.format are read.
 *
 * @returns an error sentence when the bytes do not begin an .npy file.
 */
export function npyDataOffset(preamble: Uint8Array): Result<number, string> {
  if (preamble.length < NPY_PREAMBLE_BYTES || !hasMagic(preamble)) return err("it is not an .npy file");
  const view = new DataView(preamble.buffer, preamble.byteOffset, preamble.byteLength);
  const major = view.getUint8(6);
  if (major < 1 || major > 3) return err(`it has version ${major} of the .npy format; 1, 2 and 3 are known`);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER_BYTES) return err(`its header of ${length} bytes is longer than any real one`);
  return ok((major === 1 ? 10 : 12) + length);
}

/**
 * Reads the header's Python literal, `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
 *
 * @returns an error sentence for object, structured, big-endian, complex, date and Fortran-order arrays.
 */
export function parseNpyHeader(bytes: Uint8Array, dataOffset: number): Result<NpyHeader, string> {
  const text = new TextDecoder("utf-8").decode(bytes.subarray(bytes[6] === 1 ? 10 : 12, dataOffset));
  const descr = /(['"])descr\1\s*:\s*(['"])([^'"]*)\2/.exec(text)?.[3];
  const order = /(['"])fortran_order\1\s*:\s*(True|False)/.exec(text)?.[2];
  const sizes = /(['"])shape\1\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[2];
  if (/(['"])descr\1\s*:\s*\[/.test(text)) return err("it holds records; plain arrays are read only");
  if (descr === undefined || order === undefined || sizes === undefined) return err("its header cannot be read");
  const type = parseDescr(descr);
  if (!type.ok) return type;
  const shape = sizes
    .split(",")
    .filter((size) => size.trim() !== "")
    .map(Number);
  if (!shape.every(Number.isSafeInteger) || !Number.isSafeInteger(elementCount(shape) * 16)) return err("its shape is impossibly large");
  if (order === "True") return err("it is stored in Fortran order; C order is read only");
  return ok({ ...type.value, shape, dataOffset });
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function parseDescr(descr: string): Result<{ dtype: Dtype; itemBytes: number }, string> {
  const order = descr.charAt(0);
  const code = descr.slice(1);
  if (code.startsWith("O")) return err("it holds Python objects; arrays of numbers are read only");
  if (/^[US]\d+$/.test(code)) return ok({ dtype: "string", itemBytes: Number(code.slice(1)) * (code.startsWith("U") ? 4 : 1) });
  const dtype = NUMERIC[code];
  if (dtype === undefined) return err(`its element type ${descr} is not supported`);
  const itemBytes = Number(code.slice(1));
  if (order === ">") return err("it is big-endian; little-endian is read only");
  if (order !== "<" && !(order === "|" && itemBytes === 1)) return err(`its element type ${descr} is not supported`);
  return ok({ dtype, itemBytes });
}

function hasMagic(bytes: Uint8Array): boolean {
  return bytes[0] === 0x93 && new TextDecoder("latin1").decode(bytes.subarray(1, 6)) === "NUMPY";
}
