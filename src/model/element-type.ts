import { TensorProto_DataType as Type } from "onnx-buf";

/** Element types by their numbers in onnx.proto: numpy's name, and bits of one element (0: no fixed size). */
const ELEMENT_TYPES: ReadonlyMap<number, { readonly name: string; readonly bits: number }> = new Map([
  [Type.FLOAT, { name: "float32", bits: 32 }],
  [Type.UINT8, { name: "uint8", bits: 8 }],
  [Type.INT8, { name: "int8", bits: 8 }],
  [Type.UINT16, { name: "uint16", bits: 16 }],
  [Type.INT16, { name: "int16", bits: 16 }],
  [Type.INT32, { name: "int32", bits: 32 }],
  [Type.INT64, { name: "int64", bits: 64 }],
  [Type.STRING, { name: "string", bits: 0 }],
  [Type.BOOL, { name: "bool", bits: 8 }],
  [Type.FLOAT16, { name: "float16", bits: 16 }],
  [Type.DOUBLE, { name: "float64", bits: 64 }],
  [Type.UINT32, { name: "uint32", bits: 32 }],
  [Type.UINT64, { name: "uint64", bits: 64 }],
  [Type.COMPLEX64, { name: "complex64", bits: 64 }],
  [Type.COMPLEX128, { name: "complex128", bits: 128 }],
  [Type.BFLOAT16, { name: "bfloat16", bits: 16 }],
  [Type.FLOAT8E4M3FN, { name: "float8_e4m3fn", bits: 8 }],
  [Type.FLOAT8E4M3FNUZ, { name: "float8_e4m3fnuz", bits: 8 }],
  [Type.FLOAT8E5M2, { name: "float8_e5m2", bits: 8 }],
  [Type.FLOAT8E5M2FNUZ, { name: "float8_e5m2fnuz", bits: 8 }],
  [Type.UINT4, { name: "uint4", bits: 4 }],
  [Type.INT4, { name: "int4", bits: 4 }],
  [Type.FLOAT4E2M1, { name: "float4_e2m1", bits: 4 }],
  [Type.FLOAT8E8M0, { name: "float8_e8m0", bits: 8 }],
  [Type.UINT2, { name: "uint2", bits: 2 }],
  [Type.INT2, { name: "int2", bits: 2 }],
]);

export function elementTypeName(type: number): string {
  return ELEMENT_TYPES.get(type)?.name ?? `type ${type}`;
}

/** Bytes of a tensor of this many elements, packed as raw data is; null for types without a fixed size. */
export function tensorBytes(type: number, elements: number): number | null {
  const bits = ELEMENT_TYPES.get(type)?.bits ?? 0;
  return bits === 0 ? null : Math.ceil((bits * elements) / 8);
}
