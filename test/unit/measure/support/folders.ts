import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { OutputTolerance } from "../../../../src/domain/recipe.ts";
import type { Dtype } from "../../../../src/domain/tensor.ts";
import { encodeNpy } from "./npy.ts";

/** One output: the values of all samples, flat, and how one sample is shaped. */
export interface TestOutput {
  readonly dtype: Dtype;
  readonly sampleShape: readonly number[];
  readonly values: readonly (number | bigint)[];
}

/** A folder that goes away with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "fettle-measure-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a folder of outputs as a worker leaves it, cut into shards of the given sizes. */
export function writeOutputs(outputs: Readonly<Record<string, TestOutput>>, shardSizes: readonly number[]): string {
  const folder = temporaryFolder();
  const names = Object.keys(outputs);
  let start = 0;
  const shards = shardSizes.map((samples, shard) => {
    mkdirSync(join(folder, `${shard}`));
    const files = Object.fromEntries(names.map((name, number) => [name, `${shard}/${number}.npy`]));
    for (const [name, { dtype, sampleShape, values }] of Object.entries(outputs)) {
      const size = sampleShape.reduce((product, length) => product * length, 1);
      const part = values.slice(start * size, (start + samples) * size);
      writeFileSync(join(folder, files[name] ?? ""), encodeNpy({ dtype, shape: [samples, ...sampleShape], values: part }));
    }
    start += samples;
    return { samples, files };
  });
  writeFileSync(join(folder, "outputs.json"), JSON.stringify({ format: "fettle.outputs/1", samples: start, outputs: names, shards }));
  return folder;
}

export function floats(values: readonly number[], sampleShape: readonly number[], dtype: Dtype = "float32"): TestOutput {
  return { dtype, sampleShape, values };
}

/** Numbers that look like noise, the same every time. */
export function wave(length: number, scale = 1): number[] {
  return Array.from({ length }, (_, i) => scale * Math.sin(i * 12.9898 + Math.cos(i * 78.233)));
}

export const TIGHT: OutputTolerance = { atol: 1e-5, rtol: 1e-4, mismatch: 0, relativeL2: 1e-4, cosine: null };
