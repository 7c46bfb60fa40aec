import { fromBinary } from "@bufbuild/protobuf";
import { type ModelProto, ModelProtoSchema } from "onnx-buf";
import { err, ok, type Result } from "../domain/result.ts";
import { explainBytes } from "./explain-bytes.ts";
import type { ModelFault } from "./model-fault.ts";

/** Newest opset of the standard operators that the reference runtime (ONNX Runtime 1.30) loads: 26 loads, 27 is refused. */
export const MAX_OPSET = 26;

/**
 * Decodes an .onnx file's bytes; weights stay views of the bytes.
 * Errors: `model-not-onnx`, `model-truncated`, `model-opset`.
 */
export function decodeModel(path: string, bytes: Uint8Array<ArrayBuffer>): Result<ModelProto, ModelFault> {
  const model = decode(bytes);
  if (model === null || bytes.length === 0) return err(explainBytes(path, bytes));
  if (model.graph === undefined) return err({ code: "model-not-onnx", message: `${path} is not an ONNX model: it has no graph` });
  if (model.opsetImport.length === 0) {
    return err({ code: "model-truncated", message: `${path} does not say which operator set it uses; it may be cut short` });
  }
  const opset = standardOpset(model);
  if (opset <= MAX_OPSET) return ok(model);
  const hint = `export the model with opset_version=${MAX_OPSET} or lower`;
  return err({ code: "model-opset", message: `${path} uses opset ${opset}; the newest that is supported is ${MAX_OPSET}`, hint });
}

function standardOpset(model: ModelProto): number {
  const versions = model.opsetImport.filter(({ domain }) => domain === "" || domain === "ai.onnx").map(({ version }) => Number(version));
  return Math.max(0, ...versions);
}

// The decoder throws RangeError and plain Error alike on bytes it cannot read.
function decode(bytes: Uint8Array<ArrayBuffer>): ModelProto | null {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch {
    return null;
  }
}
