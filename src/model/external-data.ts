import { realpath, stat } from "node:fs/promises";
import { dirname, join, posix, sep } from "node:path";
import { type ModelProto, type TensorProto, TensorProto_DataLocation } from "onnx-buf";
import { err, ok, type Result } from "../domain/result.ts";
import { tensorBytes } from "./element-type.ts";
import type { ModelFault } from "./model-fault.ts";
import type { ExternalFile } from "./model-summary.ts";
import { walkModel } from "./walk-model.ts";

/** A stretch of an external file that a tensor's weights stand in. */
interface ExternalStretch {
  readonly tensor: string;
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * The files a model's weights lie in, each one proven to be a file inside the model's folder that holds every stretch the
 * model names; the same rules as ONNX Runtime's. One fault for each file that is not.
 */
export async function locateExternalData(
  modelPath: string,
  model: ModelProto,
): Promise<Result<readonly ExternalFile[], readonly ModelFault[]>> {
  const byLocation = Map.groupBy(externalStretches(model), ({ location }) => location);
  const located = await Promise.all([...byLocation].map(([location, stretches]) => locate(modelPath, location, stretches)));
  const faults = located.flatMap((result) => (result.ok ? [] : [result.error]));
  return faults.length > 0 ? err(faults) : ok(located.flatMap((result) => (result.ok ? [result.value] : [])));
}

/** Every external stretch of a model, wherever in it the tensor stands. */
function externalStretches(model: ModelProto): ExternalStretch[] {
  const stretches: ExternalStretch[] = [];
  walkModel(model, {
    onTensor(tensor) {
      if (tensor.dataLocation === TensorProto_DataLocation.EXTERNAL) stretches.push(stretchOf(tensor));
    },
  });
  return stretches;
}

function stretchOf(tensor: TensorProto): ExternalStretch {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const elements = tensor.dims.reduce((product, size) => product * Number(size), 1);
  const length = entries.get("length");
  return {
    tensor: tensor.name,
    location: entries.get("location") ?? "",
    offset: Number(entries.get("offset") ?? 0),
    length: Math.max(length === undefined ? 0 : Number(length), tensorBytes(tensor.dataType, elements) ?? 0),
  };
}

async function locate(
  modelPath: string,
  location: string,
  stretches: readonly ExternalStretch[],
): Promise<Result<ExternalFile, ModelFault>> {
  const folder = dirname(modelPath);
  if (location === "") return err({ code: "external-data-missing", message: "the model has external weights without a location" });
  if (escapesByName(location)) return err(escapes(location, "leads out of the model's folder"));
  const path = join(folder, location);
  const real = await realpath(path).catch(() => null);
  const file = real === null ? null : await stat(real);
  if (real === null || !file?.isFile()) {
    const message = `the model's external data ${location} is not there`;
    return err({ code: "external-data-missing", message, hint: `put it beside the model, at ${path}` });
  }
  const root = await realpath(folder);
  if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) return err(escapes(location, "is a link out of the model's folder"));
  const beyond = stretches.find(({ offset, length }) => !(offset >= 0 && offset + length <= file.size));
  return beyond === undefined ? ok({ location, path, bytes: file.size }) : err(tooShort(location, file.size, beyond));
}

// Absolute in the manner of any system: a model made on one machine is read on another.
function escapesByName(location: string): boolean {
  if (location.includes("\\") || location.includes("\0") || /^[A-Za-z]:/.test(location) || posix.isAbsolute(location)) return true;
  return posix.normalize(location).split("/").includes("..");
}

function escapes(location: string, how: string): ModelFault {
  return {
    code: "external-data-escapes",
    message: `the model's external data ${JSON.stringify(location)} ${how}`,
    hint: "save the model again with its weights in the same folder",
  };
}

function tooShort(location: string, bytes: number, { tensor, offset, length }: ExternalStretch): ModelFault {
  if (!(offset >= 0 && Number.isSafeInteger(offset + length))) {
    const message = `the model names a place in ${location} for the weight \`${tensor}\` that cannot be: offset ${offset}, ${length} bytes`;
    return { code: "external-data-size", message, hint: "export the model again" };
  }
  return {
    code: "external-data-size",
    message: `the model's external data ${location} has ${bytes} bytes, but the weight \`${tensor}\` needs bytes ${offset} to ${offset + length}`,
    hint: "the file is cut short or belongs to another model: fetch or export both again",
  };
}
