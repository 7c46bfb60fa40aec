import { dirname } from "node:path";
import type { Failure } from "../../domain/failure.ts";
import { ok, type Result } from "../../domain/result.ts";
import type { InputFile } from "../../domain/step-specs.ts";
import { copyInputFiles } from "../input-files.ts";
import type { FetchRequest } from "./request.ts";

/** Copies a local model and the external data that was found when the recipe was loaded. */
export async function fetchPath(path: string, files: readonly InputFile[], request: FetchRequest): Promise<Result<string | null, Failure>> {
  const [model, ...external] = files;
  if (!model) throw new Error("a recipe with a local model was loaded without its file");
  const copied = await copyInputFiles([{ ...model, at: "model.onnx" }, ...external], request.out);
  return copied.ok ? ok(dirname(path)) : copied;
}
