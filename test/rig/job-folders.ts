import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { digestBytes } from "../../src/domain/digest.ts";
import { MATRIX_SCHEMA, type Matrix } from "../../src/domain/matrix.ts";
import { REPORT_SCHEMA, type RunReport, type TargetReport } from "../../src/domain/report.ts";
import type { Manifest } from "../../src/engine/publish/manifest.ts";
import { candidate } from "../fixtures/report/candidates.ts";

/** Names what jobs are about. */
export interface JobOf {
  readonly recipe?: string;
  readonly target: string;
}

const SOURCE = { file: "recipes/toy.yaml", digest: digestBytes("toy"), fettle: "1.0.0" };

/** A job's report of one accepted target, whose artifact is one file with the given text. */
export function toyReport({ recipe = "toy", target }: JobOf, over: Partial<TargetReport> = {}, text = "made"): RunReport {
  const winner = { candidate: "tvm/float32", artifact: `dist/${recipe}/${target}`, digest: digestBytes(JSON.stringify(filesOf(text))) };
  const base: TargetReport = {
    ...{ target, status: "accepted", proof: "compiled", required: "compiled", reason: null, winner },
    ...{ candidates: [candidate("tvm/float32", {})], seconds: { "tvm/float32": 2 }, untried: [], notes: [] },
  };
  const merged: TargetReport = { ...base, ...over };
  const status = merged.status === "accepted" ? "ok" : merged.status === "rejected" ? "rejected" : "failed";
  const steps = { total: 4, executed: 3, cached: 1, failed: 0, skipped: 0 };
  return { schema: REPORT_SCHEMA, recipe, source: SOURCE, status, seconds: 2, steps, targets: [merged], failures: [], notes: ["alike"] };
}

/** Writes `report.json`, or a text in its place, into the job's folder. */
export function writeReport(folder: string, report: RunReport | string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "report.json"), typeof report === "string" ? report : JSON.stringify(report));
}

/** Writes an artifact as `publish` does. */
export function writeToyArtifact(folder: string, { recipe = "toy", target }: JobOf, text = "made"): void {
  mkdirSync(dirname(join(folder, "lib/model.bin")), { recursive: true });
  writeFileSync(join(folder, "lib/model.bin"), text);
  writeFileSync(join(folder, "manifest.json"), `${JSON.stringify(toyManifest(recipe, target, text), null, 2)}\n`);
}

/** The matrix of a recipe's targets. */
export function toyMatrix(...jobs: readonly JobOf[]): Matrix {
  return {
    schema: MATRIX_SCHEMA,
    jobs: jobs.map(({ recipe = "toy", target }) => ({
      ...{ id: `${recipe}--${target}`, recipe, target, require: "compiled", source: SOURCE, runner: ["x64"] },
      arguments: ["build", SOURCE.file, "--target", target],
    })),
  };
}

function filesOf(text: string): Manifest["files"] {
  return [{ path: "lib/model.bin", size: text.length, digest: digestBytes(text) }];
}

function toyManifest(recipe: string, target: string, text: string) {
  const { digest } = SOURCE;
  return {
    ...{ schema: "fettle.manifest/1", fettle: "1.0.0", recipe, candidate: "tvm/float32", precision: "float32", proof: "compiled" },
    target: { device: "cpu", name: target, architecture: "aarch64", cpu: "generic", features: [] },
    toolchain: { name: "tvm", version: "1" },
    files: filesOf(text),
    signature: { inputs: [], outputs: [] },
    requires: { architecture: "aarch64", cpuFeatures: [], packages: {}, device: null },
    model: { sha256: "0", source: {}, externalData: [] },
    data: { digest, validation: 1, calibration: 1 },
    made: {
      compile: digest,
      environment: null,
      image: null,
      worker: null,
      isolation: null,
      versions: {},
      facts: {},
      declared: null,
      notes: [],
    },
    proven: { host: {}, executed: null, agreement: null, speed: null },
  };
}
