import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fettle } from "../rig/cli.ts";
import { tinyModel } from "../rig/onnx-models.ts";
import { linkEnvironments, preparedStore, prepareEnvironments } from "../rig/prepared-home.ts";
import { inRepository } from "../rig/repository.ts";
import { scratchFolder } from "../rig/scratch.ts";

// The real parser of TensorRT for RTX, shut in as in a build.
async function capability(args: readonly string[], files: Readonly<Record<string, Uint8Array | string>> = {}) {
  const home = preparedStore("tensorrt-capability");
  linkEnvironments(home, await prepareEnvironments(["tensorrt-rtx"]));
  const cwd = scratchFolder("capability");
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(cwd, name), bytes);
  return fettle(["tensorrt", "capability", ...args], { cwd, env: { FETTLE_HOME: home } });
}

const DIGITS = inRepository("recipes/digits/digits.onnx");
const CUSTOM = [
  { opType: "Relu", name: "first", input: ["x"], output: ["a"] },
  { opType: "Frobnicate", name: "odd", domain: "vendor", input: ["a"], output: ["b"] },
  { opType: "Abs", name: "between", input: ["b"], output: ["c"] },
  { opType: "Grumble", name: "other", domain: "vendor", input: ["c"], output: ["y"] },
];

test("a model that the parser takes whole, and what can be compiled for a target", async () => {
  const ended = await capability([DIGITS, "--target", "rtx-ada", "--json"]);
  expect(ended.code).toBe(0);
  expect(JSON.parse(ended.stdout)).toMatchObject({
    schema: "fettle.capability/1",
    toolchain: "tensorrt-rtx",
    version: "1.7.1.116",
    supported: true,
    nodes: 12,
    subgraphs: [{ supported: true }],
    unsupported: [],
    target: { name: "rtx-ada", precisions: { float32: { yes: true }, float16: { yes: true }, bfloat16: { yes: false } } },
  });
});

test("every operator that it does not have is told with its node, position and reason", async () => {
  const files = { "m.onnx": tinyModel({ nodes: CUSTOM, domains: { vendor: 1 } }) };
  const ended = await capability(["m.onnx", "--json"], files);
  expect(ended.code).toBe(1);
  expect(JSON.parse(ended.stdout)).toMatchObject({
    model: "m.onnx",
    supported: false,
    nodes: 4,
    subgraphs: [{ nodes: [0] }, { nodes: [2] }],
    unsupported: [
      { index: 1, node: "odd", operator: "Frobnicate", reason: "the parser has no such operator" },
      { index: 3, node: "other", operator: "Grumble", reason: "the parser has no such operator" },
    ],
    target: null,
  });
  const told = await capability(["m.onnx"], files);
  expect(told.code).toBe(1);
  expect(told.stdout).toContain("nothing against 2 nodes of 4 in 2 parts");
  expect(told.stdout).toContain("Frobnicate node odd (1): the parser has no such operator");
});

test("behind a node that cannot be typed, operators it does not have are still found", async () => {
  const weights = [{ name: "w", shape: [4, 3] }];
  const nodes = [
    { opType: "MatMul", name: "product", input: ["x", "w"], output: ["a"] },
    { opType: "MatMul", name: "misfit", input: ["a", "w"], output: ["b"] },
    { opType: "Frobnicate", name: "odd", domain: "vendor", input: ["b"], output: ["y"] },
  ];
  const ended = await capability(["m.onnx", "--json"], { "m.onnx": tinyModel({ nodes, weights, domains: { vendor: 1 } }) });
  expect(JSON.parse(ended.stdout).unsupported).toMatchObject([
    { index: 1, node: "misfit", code: "INVALID_NODE", reason: expect.stringContaining("must match") },
    { index: 2, node: "odd", code: "UNSUPPORTED_NODE" },
  ]);
});

test("external weights come along", async () => {
  const external = { location: "weights.bin", offset: "0", length: "64" };
  const nodes = [{ opType: "MatMul", name: "product", input: ["x", "w"], output: ["y"] }];
  const model = tinyModel({ nodes, weights: [{ name: "w", shape: [4, 4], external }] });
  const ended = await capability(["m.onnx", "--json"], { "m.onnx": model, "weights.bin": new Uint8Array(64) });
  expect(JSON.parse(ended.stdout)).toMatchObject({ supported: true, unsupported: [] });
});

test("a target that it does not compile for ends with 1 and says why", async () => {
  const cwd = scratchFolder("capability");
  mkdirSync(join(cwd, "targets"));
  const home = preparedStore("tensorrt-capability");
  linkEnvironments(home, await prepareEnvironments(["tensorrt-rtx"]));
  const form = "target: 1\ntitle: Hopper\ndevice: gpu\nvendor: nvidia\narchitecture: sm_90\napi: cuda\n";
  writeFileSync(join(cwd, "targets/hopper.yaml"), form);
  const ended = await fettle(["tensorrt", "capability", DIGITS, "--target", "hopper"], { cwd, env: { FETTLE_HOME: home } });
  expect(ended.code).toBe(1);
  expect(ended.stdout).toContain("hopper in float32: no, it does not compile for sm_90");
});

test("what is no model, no target, and no image: each its exit code and cause", async () => {
  const text = await capability(["m.onnx"], { "m.onnx": "not a model" });
  expect(text).toMatchObject({ code: 3, stderr: expect.stringContaining("m.onnx is not an ONNX model") });
  const target = await capability([DIGITS, "--target", "rtx-adda"]);
  expect(target).toMatchObject({ code: 2, stderr: expect.stringContaining("did you mean `rtx-ada`?") });
  const image = await capability([DIGITS, "--toolchain", "tensorrt", "--executor", "sandbox"]);
  expect(image.code).toBe(3);
  expect(image.stderr).toContain("containers: { images: { tensorrt: NAME@sha256:DIGEST } }");
});
