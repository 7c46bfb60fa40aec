import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openNpy, readNpyHeader } from "../../../src/measure/npy/file.ts";
import { temporaryFolder } from "./support/folders.ts";
import { encodeNpy, rawNpy } from "./support/npy.ts";

function fileWith(bytes: Uint8Array): string {
  const path = join(temporaryFolder(), "tensor.npy");
  writeFileSync(path, bytes);
  return path;
}

describe("headers that are read", () => {
  test.each([1, 2, 3] as const)("version %i", (version) => {
    const path = fileWith(encodeNpy({ dtype: "float32", shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }, version));
    expect(readNpyHeader(path)).toMatchObject({ ok: true, value: { dtype: "float32", shape: [2, 3], itemBytes: 4 } });
  });

  test.each([
    ["<f2", "float16", 2],
    ["<f4", "float32", 4],
    ["<f8", "float64", 8],
    ["|i1", "int8", 1],
    ["<i1", "int8", 1],
    ["<i2", "int16", 2],
    ["<i4", "int32", 4],
    ["<i8", "int64", 8],
    ["|u1", "uint8", 1],
    ["<u2", "uint16", 2],
    ["<u4", "uint32", 4],
    ["<u8", "uint64", 8],
    ["|b1", "bool", 1],
    ["<U5", "string", 20],
    ["|S5", "string", 5],
  ])("%s is %s", (descr, dtype, itemBytes) => {
    const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (2,), }`;
    const path = fileWith(rawNpy(header, new Uint8Array(2 * itemBytes)));
    expect(readNpyHeader(path)).toMatchObject({ ok: true, value: { dtype, itemBytes, shape: [2] } });
  });

  test.each([
    ["()", [], 1],
    ["(0, 7)", [0, 7], 0],
  ])("shape %s", (text, shape, elements) => {
    const path = fileWith(rawNpy(`{'descr': '<f4', 'fortran_order': False, 'shape': ${text}, }`, new Uint8Array(4 * elements)));
    expect(readNpyHeader(path)).toMatchObject({ ok: true, value: { shape } });
  });

  test("a file numpy wrote", () => {
    // numpy.save of numpy.array([[1.5, -2.0]], "float16"), numpy 2.4.6.
    const written =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsIDIpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAPgDA";
    const file = openNpy(fileWith(Buffer.from(written, "base64")));
    if (!file.ok) throw new Error(file.error.message);
    const data = new Uint8Array(4);
    expect(file.value.read(data, 0)).toEqual({ ok: true, value: null });
    file.value.close();
    expect([...new Float16Array(data.buffer)]).toEqual([1.5, -2]);
  });
});

describe("files that are refused", () => {
  const header = (descr: string, order = "False", shape = "(2,)"): string =>
    `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const whole = encodeNpy({ dtype: "float32", shape: [4], values: [1, 2, 3, 4] });
  test.each<[string, Uint8Array, string]>([
    ["big-endian", rawNpy(header("'>f4'"), new Uint8Array(8)), "it is big-endian; little-endian is read only"],
    ["Fortran order", rawNpy(header("'<f4'", "True", "(1, 2)"), new Uint8Array(8)), "it is stored in Fortran order; C order is read only"],
    ["objects", rawNpy(header("'|O'"), new Uint8Array(8)), "it holds Python objects; arrays of numbers are read only"],
    ["records", rawNpy(header("[('a', '<f4')]"), new Uint8Array(8)), "it holds records; plain arrays are read only"],
    ["complex", rawNpy(header("'<c8'"), new Uint8Array(16)), "its element type <c8 is not supported"],
    ["dates", rawNpy(header("'<M8[s]'"), new Uint8Array(16)), "its element type <M8[s] is not supported"],
    ["a negative shape", rawNpy(header("'<f4'", "False", "(-1,)")), "its header cannot be read"],
    ["a huge shape", rawNpy(header("'<f4'", "False", "(99999999, 99999999)")), "its shape is impossibly large"],
    ["a header that is not one", rawNpy("hello"), "its header cannot be read"],
    ["another version", rawNpy(header("'<f4'"), new Uint8Array(8), 4), "it has version 4 of the .npy format; 1, 2 and 3 are known"],
    ["another format", Buffer.from("PK\x03\x04 this is a zip archive"), "it is not an .npy file"],
    ["an empty file", new Uint8Array(), "it ends too early"],
    ["a file cut in its header", whole.slice(0, 40), "it ends too early"],
    ["a file cut in its data", whole.slice(0, -1), `it is cut off: ${whole.length - 1} of ${whole.length} bytes are there`],
    [
      "a file with more behind",
      Buffer.concat([whole, whole]),
      `it is ${2 * whole.length} bytes long where its header means ${whole.length}`,
    ],
  ])("%s", (_, bytes, message) => {
    expect(openNpy(fileWith(bytes))).toEqual({ ok: false, error: { kind: "unreadable", message } });
  });

  test("a file that is not there", () => {
    expect(openNpy(join(temporaryFolder(), "none.npy"))).toEqual({ ok: false, error: { kind: "missing", message: "it is missing" } });
  });
});
