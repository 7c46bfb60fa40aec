import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CandidateReport } from "../../src/domain/report.ts";
import { fakeDigits } from "../rig/digits-build.ts";
import { tinyModel } from "../rig/onnx-models.ts";
import { type Project, reportOf, writeDigitsRecipe } from "../rig/project.ts";
import { sha256 } from "../rig/recipe-folder.ts";
import { inRepository } from "../rig/repository.ts";

// Each of these changed something under the same paths and with the same recipe, and other tools have answered with the old result.

const NOTHING_STALE = { targets: "{ cpu-x64-native: { toolchains: [fake], require: validated } }" };

async function build(project: Project) {
  const ended = await project.run("build", "digits.yaml", "--json");
  const report = reportOf(ended);
  const candidate = report.targets[0]?.candidates[0];
  if (candidate === undefined) throw new Error("the report has no candidate");
  return { ended, report, candidate };
}

/** An element that is off, so that each build ends with a rejection and nothing is measured. */
const OFF = { do: "bend", sample: 1, index: [0, 4], add: 0.05 } as const;

function outputOf(candidate: CandidateReport) {
  const output = candidate.agreement?.outputs[0];
  if (output === undefined) throw new Error("no output was compared");
  return output;
}

test("other data under the same name: data, reference and outputs are made anew, the artifact is not", async () => {
  const [project, fake] = await fakeDigits(NOTHING_STALE);
  fake?.always("infer", OFF);
  const before = await build(project);
  const python = `import sys, numpy as np
path = sys.argv[1]; data = dict(np.load(path)); data["validation_images"] = data["validation_images"][::-1]; np.savez(path, **data)`;
  const environment = execFileSync(
    "sh",
    ["-c", `for e in ${project.home}/environments/*; do test -d "$e"/lib/*/site-packages/numpy && echo "$e"; done | head -n 1`],
    { encoding: "utf8" },
  );
  execFileSync(join(environment.trim(), "bin/python"), ["-c", python, join(project.path, "digits/digits.npz")]);
  const after = await build(project);
  expect(fake?.count("compile")).toBe(1);
  expect(fake?.count("infer")).toBe(2);
  // The same sample's place is taken by another digit.
  expect(outputOf(after.candidate).worst?.reference).not.toBe(outputOf(before.candidate).worst?.reference);
});

test("another version of the runtime in the lock: the artifact is made anew, with it", async () => {
  const [project, fake] = await fakeDigits({ targets: "{ cpu-arm64: { toolchains: [fake], require: compiled } }" });
  if (fake === undefined) throw new Error("no toolchain");
  await build(project);
  const manifest = () => JSON.parse(project.read("dist/digits/cpu-arm64/manifest.json"));
  const before = manifest();
  copyFileSync(inRepository("test/fixtures/e2e/older-onnxruntime.lock"), join(fake.directory, "requirements.lock"));
  const { ended } = await build(project);
  expect(ended.code).toBe(0);
  expect(fake.count("compile")).toBe(2);
  const after = manifest();
  expect(before.toolchain.version).not.toBe(after.toolchain.version);
  expect(after).toMatchObject({ toolchain: { version: "1.31.1" }, made: { versions: { onnxruntime: "1.31.1" } } });
  expect(after.made.environment).not.toBe(before.made.environment);
});

test("other weights in an external file, the .onnx as it was: everything after it is made anew", async () => {
  const [project, fake] = await fakeDigits(NOTHING_STALE);
  fake?.always("infer", OFF_TINY);
  const external = { location: "weights.bin", offset: "0", length: "16" };
  const node = { opType: "Add", name: "add", input: ["x", "w"], output: ["y"] };
  const model = tinyModel({ weights: [{ name: "w", shape: [1, 4], external }], nodes: [node] });
  project.write("model.onnx", model);
  project.write("weights.bin", new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer));
  project.write("digits.yaml", tinyRecipe(sha256(model)));
  const before = outputOf((await build(project)).candidate);
  project.write("weights.bin", new Uint8Array(Float32Array.of(101, 102, 103, 104).buffer));
  const after = outputOf((await build(project)).candidate);
  expect((after.worst?.reference ?? 0) - (before.worst?.reference ?? 0)).toBeCloseTo(100, 3);
  expect(fake?.count("compile")).toBe(2);
});

const OFF_TINY = { do: "bend", sample: 0, index: [0, 3], add: 0.5 } as const;

function tinyRecipe(hash: string): string {
  return `recipe: 1
name: tiny
model: { from: { path: model.onnx }, sha256: ${hash} }
data: { random: { inputs: { x: { uniform: [0, 1] } } }, calibration: 1, validation: 3, seed: 7 }
try: { precision: [float32] }
accept: { outputs: auto }
targets: { cpu-x64-native: { toolchains: [fake], require: validated } }
`;
}

test("another accept block: only the verdict is made anew, by the new limits", async () => {
  const [project, fake] = await fakeDigits({ ...NOTHING_STALE, accept: "{ outputs: { atol: 0.001, rtol: 0 } }" });
  fake?.always("infer", OFF);
  const before = await build(project);
  expect(before.candidate).toMatchObject({ verdict: "rejected" });
  expect(outputOf(before.candidate).tolerance.atol).toBe(0.001);
  writeDigitsRecipe(project, { ...NOTHING_STALE, accept: "{ outputs: { atol: 0.1, rtol: 0 } }" });
  const after = await build(project);
  expect(after.candidate).toMatchObject({ verdict: "accepted" });
  expect(outputOf(after.candidate).tolerance.atol).toBe(0.1);
  expect([fake?.count("compile"), fake?.count("infer"), fake?.count("measure")]).toEqual([1, 1, 1]);
});

test("a line of the worker's own source is an input like any other", async () => {
  const [project, fake] = await fakeDigits({ targets: "{ cpu-arm64: { toolchains: [fake], require: compiled } }" });
  const worker = join(fake?.directory ?? "", "worker.py");
  await build(project);
  writeFileSync(worker, `${readFileSync(worker, "utf8")}# changed\n`);
  await build(project);
  expect(fake?.count("compile")).toBe(2);
});

test("a comment in the recipe, other job counts and another place for it are no inputs", async () => {
  const [project, fake] = await fakeDigits({ targets: "{ cpu-arm64: { toolchains: [fake], require: compiled } }" });
  await build(project);
  execFileSync("mkdir", [join(project.path, "moved")]);
  execFileSync("cp", ["-r", join(project.path, "digits"), join(project.path, "moved")]);
  project.write("moved/digits.yaml", `# moved\n${project.read("digits.yaml")}`);
  const again = await project.run("build", "moved/digits.yaml", "--json", "--jobs", "1", "--timeout", "9 min");
  expect(reportOf(again).steps).toMatchObject({ executed: 0, failed: 0 });
  expect(fake?.count("compile")).toBe(1);
});
