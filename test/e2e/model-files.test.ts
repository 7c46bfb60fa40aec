import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tinyModel } from "../rig/onnx-models.ts";
import { makeProject, type Project } from "../rig/project.ts";
import { sha256 } from "../rig/recipe-folder.ts";

const WEIGHT = { name: "w", shape: [1, 4] };
const ADD = [{ opType: "Add", name: "add", input: ["x", "w"], output: ["y"] }];

function recipe(hash: string): string {
  return `recipe: 1
name: tiny
model: { from: { path: model.onnx }, sha256: ${hash} }
data: { random: { inputs: { x: { uniform: [0, 1] } } }, calibration: 1, validation: 3 }
try: { precision: [float32] }
accept: { outputs: auto }
targets: { cpu-arm64: { toolchains: [tvm], require: compiled } }
`;
}

function projectWith(model: Uint8Array): Project {
  const project = makeProject();
  project.write("model.onnx", model);
  project.write("recipe.yaml", recipe(sha256(model)));
  return project;
}

/** What a user reads who builds it: nothing was started, so there is nothing on standard output. */
async function refusal(project: Project): Promise<string> {
  const built = await project.run("build", "recipe.yaml");
  expect(built).toMatchObject({ code: 2, stdout: "" });
  return built.stderr;
}

function externalModel(external: Readonly<Record<string, string>>): Project {
  return projectWith(tinyModel({ weights: [{ ...WEIGHT, external }], nodes: ADD }));
}

test("a model that is not there", async () => {
  const project = makeProject();
  project.write("recipe.yaml", recipe("0".repeat(64)));
  const said = await refusal(project);
  expect(said).toContain("error[file-not-found]");
  expect(said).toMatch(/recipe\.yaml:3:\d+/);
  expect(said).toContain("model.onnx");
});

test("a file that is no ONNX model", async () => {
  const said = await refusal(projectWith(Buffer.from("<!doctype html><title>404</title>\n")));
  expect(said).toContain("error[model-not-onnx]");
});

test("a model cut short", async () => {
  const whole = tinyModel({ weights: [{ name: "w", shape: [64, 64] }], nodes: ADD });
  const said = await refusal(projectWith(whole.subarray(0, whole.length / 2)));
  expect(said).toContain("error[model-truncated]");
});

test("an opset from the future", async () => {
  const said = await refusal(projectWith(tinyModel({ opset: 99 })));
  expect(said).toContain("error[model-opset]");
  expect(said).toContain("99");
});

test("external data that is not there", async () => {
  const said = await refusal(externalModel({ location: "weights.bin", offset: "0", length: "16" }));
  expect(said).toContain("error[external-data-missing]");
  expect(said).toContain("weights.bin");
});

test.each(["../outside.bin", "/etc/hostname"])("external data that leaves the model's folder: %s", async (location) => {
  const said = await refusal(externalModel({ location, offset: "0", length: "16" }));
  expect(said).toContain("error[external-data-escapes]");
});

test("external data behind a link that leaves the model's folder", async () => {
  const project = externalModel({ location: "weights.bin", offset: "0", length: "16" });
  symlinkSync("/proc/self/environ", join(project.path, "weights.bin"));
  expect(await refusal(project)).toContain("error[external-data-escapes]");
});

test("external data that is too short", async () => {
  const project = externalModel({ location: "weights.bin", offset: "0", length: "16" });
  project.write("weights.bin", new Uint8Array(8));
  expect(await refusal(project)).toContain("error[external-data-size]");
});

test("the same with --json: one document that names the code and the place", async () => {
  const project = externalModel({ location: "weights.bin", offset: "0", length: "16" });
  const built = await project.run("build", "recipe.yaml", "--json");
  expect(built.code).toBe(2);
  expect(JSON.parse(built.stdout)).toMatchObject({ ok: false, diagnostics: [{ code: "external-data-missing", severity: "error" }] });
});
