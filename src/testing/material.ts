import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Failure } from "../domain/failure.ts";
import { asJson } from "../domain/json.ts";
import { ok, type Result } from "../domain/result.ts";
import type { Shapes } from "../domain/sizes.ts";
import { signatureSchema } from "../engine/worker-schemas.ts";
import { type NoiseFloor, noiseFloor } from "../measure/noise-floor.ts";
import { olderOpset, opsetOptions } from "../plan/shared-steps.ts";
import { readPlainJson } from "../system/read-plain-file.ts";
import type { Bench } from "./bench.ts";
import { sampleModel } from "./sample-model.ts";

/** What a build would hand a toolchain's worker, made by the same workers. Folders are absolute. */
export interface Material {
  /** The prepared model: `model.onnx`, `signature.json`. */
  readonly prepared: string;
  readonly data: string;
  /** The reference's outputs. */
  readonly reference: string;
  readonly noise: NoiseFloor;
}

/** A model to make it of. */
export interface Original {
  readonly model: Uint8Array;
  readonly shapes: Shapes;
  /** Begins the names of the folders. */
  readonly prefix: string;
}

/** Nine: each pair of sizes of an image that has a range in both directions. */
const SAMPLES = 9;

/** Prepares the sample model, or the one given, draws data for it and runs the reference. */
export async function makeMaterial(bench: Bench, given?: Original): Promise<Result<Material, Failure>> {
  const { model: bytes, shapes, prefix } = given ?? { model: bench.subject.model ?? sampleModel(), shapes: {}, prefix: "" };
  const original = join(bench.folder, `${prefix}original`);
  await mkdir(original, { recursive: true });
  await writeFile(join(original, "model.onnx"), bytes);
  const model = { source: original, member: "model.onnx" };
  const options = { shapes, bind: {}, ...opsetOptions(olderOpset(bench.subject.toolchain)) };
  const prepared = await bench.callService("onnx", { at: `${prefix}prepare`, verb: "prepare", inputs: { model }, options });
  if (!prepared.ok) return prepared;
  const data = await drawData(bench, `${prefix}data`, prepared.value.out);
  if (!data.ok) return data;
  const inputs = { model, data: { source: data.value } };
  const reference = await bench.callService("onnxruntime", {
    ...{ at: `${prefix}reference`, verb: "reference", inputs },
    options: { split: "validation", bind: {} },
  });
  if (!reference.ok) return reference;
  const outputs = join(reference.value.out, "reference");
  const noise = await noiseFloor(outputs, join(reference.value.out, "noise"));
  if (!noise.ok) return noise;
  return ok({ prepared: prepared.value.out, data: data.value, reference: outputs, noise: noise.value });
}

async function drawData(bench: Bench, at: string, prepared: string): Promise<Result<string, Failure>> {
  const signature = signatureSchema.parse(readPlainJson(join(prepared, "signature.json")));
  const distributions = asJson(Object.fromEntries(signature.inputs.map(({ name }) => [name, { kind: "normal", mean: 0, deviation: 1 }])));
  const drawn = await bench.callService("scripts", {
    ...{ at, verb: "dataset", inputs: { model: { source: prepared } } },
    options: { source: "random", distributions, calibration: 1, validation: SAMPLES, seed: 1 },
  });
  return drawn.ok ? ok(drawn.value.out) : drawn;
}
