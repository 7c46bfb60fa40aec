import type { ModelFault } from "./model-fault.ts";

// Field numbers of ModelProto (onnx.proto) and the protobuf wire type of each.
const VARINT = 0;
const LENGTH = 2;
const MODEL_FIELDS: ReadonlyMap<number, number> = new Map([
  [1, VARINT], // ir_version
  [2, LENGTH], // producer_name
  [3, LENGTH], // producer_version
  [4, LENGTH], // domain
  [5, VARINT], // model_version
  [6, LENGTH], // doc_string
  [7, LENGTH], // graph
  [8, LENGTH], // opset_import
  [14, LENGTH], // metadata_props
  [20, LENGTH], // training_info
  [25, LENGTH], // functions
  [26, LENGTH], // configuration
]);

/** What stands in a file that does not decode as an ONNX model: cut short, or something else altogether. */
export function explainBytes(path: string, bytes: Uint8Array): ModelFault {
  if (bytes.length === 0) return { code: "model-truncated", message: `${path} is empty` };
  const known = knownFormat(new TextDecoder("latin1").decode(bytes.subarray(0, 64)));
  if (known !== null) return { code: "model-not-onnx", message: `${path} is not an ONNX model but ${known.what}`, ...known.hint };
  const cut = missingBytes(bytes);
  if (cut === null) return { code: "model-not-onnx", message: `${path} is not an ONNX model` };
  const missing = cut > 0 ? `: ${cut} bytes are missing at its end` : " at its end";
  return { code: "model-truncated", message: `${path} is cut short${missing}`, hint: "fetch or export it again" };
}

function knownFormat(head: string): { readonly what: string; readonly hint?: { readonly hint: string } } | null {
  if (head.startsWith("version https://git-lfs"))
    return { what: "a Git LFS pointer", hint: { hint: "`git lfs pull` brings the file itself" } };
  if (/^\s*<(!doctype|html|\?xml)/i.test(head))
    return { what: "a web page", hint: { hint: "the download gave a page instead of the file" } };
  if (head.startsWith("PK\x03\x04"))
    return { what: "a zip archive (a PyTorch checkpoint?)", hint: { hint: "export it with torch.onnx.export" } };
  if (head.startsWith("\x89HDF")) return { what: "an HDF5 file (Keras?)", hint: { hint: "convert it with tf2onnx" } };
  if (head.slice(4, 8) === "TFL3") return { what: "a TensorFlow Lite model", hint: { hint: "convert it with tf2onnx" } };
  if (head.slice(4, 8) === "ORTM")
    return { what: "ONNX Runtime's own .ort format", hint: { hint: "give the .onnx file it was made from" } };
  if (head.startsWith("GGUF")) return { what: "a GGUF file" };
  return null;
}

/**
 * Bytes missing at the end of what begins as a ModelProto: 0 where a field's head itself is cut, null where the bytes are no
 * ModelProto. Only the outermost fields are walked, so that one number says how much is gone.
 */
function missingBytes(bytes: Uint8Array): number | null {
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    if (tag === null) return 0;
    const type = MODEL_FIELDS.get(Math.floor(tag.value / 8));
    if (type === undefined || type !== tag.value % 8) return null;
    const field = readVarint(bytes, tag.end);
    if (field === null) return 0;
    at = field.end + (type === LENGTH ? field.value : 0);
  }
  return at > bytes.length ? at - bytes.length : null;
}

// As a number: lengths and tags stay far below 2^53, and a nonsense value only has to be out of range.
function readVarint(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } | null {
  let value = 0;
  for (let at = start; at < bytes.length && at < start + 10; at++) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * (at - start));
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return null;
}
