import { access, constants } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { digestHex } from "../../domain/digest.ts";
import type { InputFile } from "../../domain/step-specs.ts";
import type { ModelSummary } from "../../model/model-summary.ts";
import { errorCode } from "../../system/error-code.ts";
import type { Fault } from "../fault.ts";
import { faulty, type Gathered, gathered } from "./gathered.ts";
import { hashInputs } from "./hash-inputs.ts";
import { missingFile } from "./missing-file.ts";

export interface GatheredModel {
  readonly summary: ModelSummary;
  /** The .onnx file first, then its external data, as RecipeContents has them. */
  readonly files: readonly InputFile[];
}

/** Reads and hashes a model that lies on this machine. `written`: its path as the recipe has it. */
export async function gatherModel(folder: string, written: string, sha256: string | undefined): Promise<Gathered<GatheredModel>> {
  const path = resolve(folder, written);
  const at = ["model", "from", "path"];
  const denied = await accessError(path);
  if (denied !== null) return faulty(await missingFile(at, { written, path, code: denied }));
  // Reading ONNX costs more to load than all the rest of a check: only for a model that is there.
  const { readModel } = await import("../../model/read-model.ts");
  const read = await readModel(path, written);
  if (!read.ok) return faulty(...read.error.map((fault): Fault => ({ ...fault, path: at })));
  const actual = digestHex(read.value.digest);
  if (sha256 !== undefined && sha256.toLowerCase() !== actual) return faulty(hashMismatch(written, sha256, actual));
  const external = await hashInputs(read.value.externalData.map(({ path: file, location }) => ({ path: file, at: location })));
  if (!external.ok) return faulty(await missingFile(at, { written: external.error.path, ...external.error }));
  return gathered({ summary: read.value, files: [{ path, at: basename(path), digest: read.value.digest }, ...external.value] });
}

async function accessError(path: string): Promise<string | null> {
  try {
    await access(path, constants.R_OK);
    return null;
  } catch (error) {
    return errorCode(error) ?? String(error);
  }
}

function hashMismatch(written: string, expected: string, actual: string): Fault {
  return {
    code: "model-hash-mismatch",
    path: ["model", "sha256"],
    message: `${written} is not the file the recipe names: its SHA-256 is ${actual}`,
    expected: expected.toLowerCase(),
    hint: `if the new file is meant, write \`sha256: ${actual}\``,
  };
}
