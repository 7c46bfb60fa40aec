import type { Dtype } from "../../../../src/domain/tensor.ts";

/** A tensor in memory: bool as 0 and 1, 64-bit integers as bigint. */
export interface TestTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly values: readonly (number | bigint)[];
}

const CODES: Readonly<Record<string, string>> = {
  float16: "<f2",
  float32: "<f4",
  float64: "<f8",
  int8: "|i1",
  int16: "<i2",
  int32: "<i4",
  int64: "<i8",
  uint8: "|u1",
  uint16: "<u2",
  uint32: "<u4",
  uint64: "<u8",
  bool: "|b1",
};

/** The bytes of an .npy file, as numpy.save would write them. */
export function encodeNpy(tensor: TestTensor, version: 1 | 2 | 3 = 1): Uint8Array {
  const shape = tensor.shape.length === 1 ? `(${tensor.shape[0]},)` : `(${tensor.shape.join(", ")})`;
  return rawNpy(`{'descr': '${CODES[tensor.dtype]}', 'fortran_order': False, 'shape': ${shape}, }`, bytesOf(tensor), version);
}

/** Any header text with any data behind it. */
export function rawNpy(header: string, data: Uint8Array = new Uint8Array(), version = 1): Uint8Array {
  const preamble = version === 1 ? 10 : 12;
  const padded = `${header.padEnd(Math.ceil((preamble + header.length + 1) / 64) * 64 - preamble - 1)}\n`;
  const out = Buffer.alloc(preamble + padded.length + data.length);
  out.write("\x93NUMPY", 0, "latin1");
  out.writeUInt8(version, 6);
  if (version === 1) out.writeUInt16LE(padded.length, 8);
  else out.writeUInt32LE(padded.length, 8);
  out.write(padded, preamble, "latin1");
  out.set(data, preamble + padded.length);
  return out;
}

function bytesOf({ dtype, values }: TestTensor): Uint8Array {
  const array = dtype === "int64" || dtype === "uint64" ? wide(dtype, values) : narrow(dtype, values.map(Number));
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function wide(dtype: "int64" | "uint64", values: readonly (number | bigint)[]): ArrayBufferView {
  return dtype === "int64" ? BigInt64Array.from(values.map(BigInt)) : BigUint64Array.from(values.map(BigInt));
}

function narrow(dtype: Dtype, values: readonly number[]): ArrayBufferView {
  switch (dtype) {
    case "float16":
      return Float16Array.from(values);
    case "float32":
      return Float32Array.from(values);
    case "float64":
      return Float64Array.from(values);
    case "int16":
      return Int16Array.from(values);
    case "int32":
      return Int32Array.from(values);
    case "uint16":
      return Uint16Array.from(values);
    case "uint32":
      return Uint32Array.from(values);
    case "int8":
      return Int8Array.from(values);
    default:
      return Uint8Array.from(values);
  }
}
