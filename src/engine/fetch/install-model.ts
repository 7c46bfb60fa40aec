import { constants } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Digest } from "../../domain/digest.ts";
import type { Failure } from "../../domain/failure.ts";
import type { ModelSource } from "../../domain/recipe.ts";
import { err, ok, type Result } from "../../domain/result.ts";
import { modelFailure } from "../../model/model-fault.ts";
import { readModel } from "../../model/read-model.ts";
import { digestFile } from "../../system/digest-file.ts";
import { checkHash, describeSource } from "./check-hash.ts";

interface InstallOptions {
  /** Absolute folder that takes `model.onnx` and the external data. */
  readonly out: string;
  readonly sha256: string;
  readonly source: ModelSource;
}

/**
 * Checks a fetched model (its hash, that it is ONNX, that its external data lies whole inside its folder) and copies it, with
 * that data and nothing else, to where the step keeps it.
 *
 * @returns the external files with their digests.
 */
export async function installModel(
  file: string,
  { out, sha256, source }: InstallOptions,
): Promise<Result<{ path: string; digest: Digest }[], Failure>> {
  const hash = await checkHash(file, sha256, source);
  if (!hash.ok) return hash;
  const model = await readModel(file, `the model from ${describeSource(source)}`);
  if (!model.ok) return err(modelFailure(model.error));
  await copyFile(file, join(out, "model.onnx"), constants.COPYFILE_FICLONE);
  const installed: { path: string; digest: Digest }[] = [];
  for (const { location, path } of model.value.externalData) {
    const to = join(out, location);
    await mkdir(dirname(to), { recursive: true });
    await copyFile(path, to, constants.COPYFILE_FICLONE);
    installed.push({ path: location, digest: await digestFile(to) });
  }
  return ok(installed);
}
