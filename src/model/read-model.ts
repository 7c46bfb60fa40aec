import { resolve } from "node:path";
import { err, ok, type Result } from "../domain/result.ts";
import { decodeModel } from "./decode-model.ts";
import { locateExternalData } from "./external-data.ts";
import type { ModelFault } from "./model-fault.ts";
import type { ModelSummary } from "./model-summary.ts";
import { readModelBytes } from "./read-bytes.ts";
import { summariseModel } from "./summarise-model.ts";

/**
 * Reads an .onnx file and says what it is. The graph is read whole, external data only measured. Errors: every
 * ModelFaultCode; more than one fault only where several external files are at fault. Messages call the file `shown`.
 */
export async function readModel(path: string, shown = path): Promise<Result<ModelSummary, readonly ModelFault[]>> {
  const file = resolve(path);
  const read = await readModelBytes(file, shown);
  if (!read.ok) return err([read.error]);
  const { bytes, digest } = read.value;
  const decoded = decodeModel(shown, bytes);
  if (!decoded.ok) return err([decoded.error]);
  const { graph } = decoded.value;
  if (graph === undefined) throw new Error("a decoded model has a graph");
  const externalData = await locateExternalData(file, decoded.value);
  if (!externalData.ok) return externalData;
  return ok({ path: file, bytes: bytes.length, digest, ...summariseModel(decoded.value, graph), externalData: externalData.value });
}
