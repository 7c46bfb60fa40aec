import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { tinyModel } from "../rig/onnx-models.ts";
import { makeProject } from "../rig/project.ts";

function withModel(file = "model.onnx") {
  const project = makeProject();
  project.write(file, tinyModel());
  return project;
}

test("a first recipe names the toolchains that serve its target, and passes the check as it is", async () => {
  const project = withModel();
  const made = await project.run("init", "model.onnx", "--out", "recipes/new/first.yaml", "--json");
  expect(made).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(made.stdout)).toEqual({ ok: true, recipe: "recipes/new/first.yaml" });
  const text = project.read("recipes/new/first.yaml");
  expect(text).toContain("toolchains: [onnxruntime, openvino, tvm, iree]\n");
  expect(text).not.toMatch(/tensorrt|poplar|\btpu\b/);
  expect(await project.run("check", "recipes/new/first.yaml")).toMatchObject({ code: 0 });
});

test("the command that it suggests can be pasted", async () => {
  const project = withModel("own model/Mein Modell.onnx");
  const made = await project.run("init", "own model/Mein Modell.onnx");
  expect(made.stdout).toContain("then run: fettle build 'own model/mein-modell.yaml'");
});

test("a place that cannot be written is said so, as a document where one is asked for", async () => {
  const project = withModel();
  const refused = await project.run("init", "model.onnx", "--out", "/proc/none/first.yaml", "--json");
  expect(refused).toMatchObject({ code: 3, stderr: "" });
  expect(JSON.parse(refused.stdout)).toMatchObject({ ok: false, failure: { reason: "read-only" } });
  const both = await project.run("init", "model.onnx", "--print", "--json");
  expect(both).toMatchObject({ code: 2, stdout: "" });
  expect(existsSync(`${project.path}/model.yaml`)).toBe(false);
});

test("a store that cannot be made ends at once, in words", async () => {
  const project = makeProject({ env: { FETTLE_HOME: "/proc/none" } });
  const ended = await project.run("store", "stat");
  expect(ended).toMatchObject({ code: 3, stdout: "" });
  expect(ended.stderr).toContain("read-only: /proc/none cannot be written");
});
