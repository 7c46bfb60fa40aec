import { existsSync, readFileSync } from "node:fs";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CandidateReport, RunReport } from "../../src/domain/report.ts";
import { fettle } from "../rig/cli.ts";
import { tinyModel } from "../rig/onnx-models.ts";
import { linkEnvironments, preparedStore, prepareEnvironments } from "../rig/prepared-home.ts";
import { sha256 } from "../rig/recipe-folder.ts";
import { inRepository } from "../rig/repository.ts";
import { scratchFolder } from "../rig/scratch.ts";

// The real compiler. It needs neither a GPU nor a driver; what only a GPU can show is not shown here.
const ENVIRONMENTS = ["onnx", "onnxruntime", "scripts", "tensorrt-rtx"];

async function buildIn(cwd: string, recipe: string) {
  const home = preparedStore("tensorrt-rtx");
  linkEnvironments(home, await prepareEnvironments(ENVIRONMENTS));
  const ended = await fettle(["build", recipe, "--json"], { cwd, env: { FETTLE_HOME: home } });
  const report: RunReport = JSON.parse(ended.stdout);
  const candidate = (target: string, id: string): CandidateReport =>
    report.targets.find((each) => each.target === target)?.candidates.find((each) => each.id === `tensorrt-rtx/${id}`) ??
    expect.fail(`the report has no ${id} for ${target}`);
  return { ended, report, candidate };
}

async function digitsFolder(targets: string): Promise<string> {
  const cwd = scratchFolder("rtx");
  await cp(inRepository("recipes/digits"), join(cwd, "digits"), { recursive: true });
  const recipe = readFileSync(inRepository("recipes/digits.yaml"), "utf8");
  const head = recipe.slice(0, recipe.indexOf("\ntargets:")).replace("precision: [float32]", "precision: [float32, float16]");
  await writeFile(join(cwd, "digits.yaml"), `${head}\ntargets:\n${targets}`);
  return cwd;
}

test("digits becomes a plan for RTX Ada in float32 and float16, compiled and no more, on a machine without a GPU", async () => {
  const cwd = await digitsFolder("  rtx-ada: { toolchains: [tensorrt-rtx], require: compiled }\n");
  const { ended, report, candidate } = await buildIn(cwd, "digits.yaml");
  expect(ended.code).toBe(0);
  for (const precision of ["float32", "float16"]) {
    expect(candidate("rtx-ada", precision)).toMatchObject({
      verdict: "accepted",
      proof: "compiled",
      reason: { code: "not-run-here" },
      facts: null,
      speed: null,
      declared: { precision: { [precision]: 1 }, estimates: [] },
    });
  }
  expect(report.targets[0]).toMatchObject({ winner: { candidate: "tensorrt-rtx/float32" }, proof: "compiled" });
  expect(report.targets[0]?.notes.join(" ")).toContain("because the recipe names it first");

  const folder = join(cwd, "dist/digits/rtx-ada");
  expect(readFileSync(join(folder, "model.plan")).subarray(0, 4).toString("latin1")).toBe("vtrt");
  expect(JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"))).toMatchObject({
    target: { device: "gpu", name: "rtx-ada", vendor: "nvidia", architecture: "sm_89", host: "x86-64" },
    proof: "compiled",
    requires: { device: { device: "gpu", vendor: "nvidia", architectures: ["sm_89"] } },
    made: { declared: { precision: { float32: 1 } } },
    proven: { executed: null, speed: null },
  });
  expect(existsSync(join(folder, "load.py"))).toBe(true);

  const verified = await fettle(["verify", folder, "--json"], { cwd });
  expect(JSON.parse(verified.stdout)).toMatchObject({ ok: false, problems: [{ code: "device" }] });
});

test("what Turing cannot do is refused by node with a mend, and the other precision goes on; a stronger proof is not to be had", async () => {
  const cwd = await digitsFolder(
    "  rtx-turing: { toolchains: [tensorrt-rtx], require: compiled }\n  rtx-blackwell: { toolchains: [tensorrt-rtx], require: measured }\n",
  );
  const { ended, report, candidate } = await buildIn(cwd, "digits.yaml");
  expect(ended.code).toBe(3);
  expect(candidate("rtx-turing", "float32")).toMatchObject({
    verdict: "failed",
    failure: {
      reason: "unsupported-operator",
      node: { operator: "Gemm" },
      hint: expect.stringContaining("float16"),
      keyLine: expect.stringContaining("FP32 GEMM is not supported"),
    },
  });
  expect(report.targets[0]).toMatchObject({ status: "accepted", winner: { candidate: "tensorrt-rtx/float16" } });
  expect(report.targets[1]).toMatchObject({ status: "unavailable", winner: null, reason: { code: "proof-short" } });
  expect(report.targets[1]?.reason?.message).toContain("this host has no NVIDIA GPU sm_120");
});

test("an operator it does not have is named, and int8 of a model that is not quantised is refused", async () => {
  const cwd = scratchFolder("rtx");
  const model = tinyModel({
    nodes: [{ opType: "Det", name: "determinant", input: ["x"], output: ["y"] }],
    inputs: [{ name: "x", shape: [1, 4, 4] }],
  });
  await writeFile(join(cwd, "m.onnx"), model);
  const recipe = [
    `recipe: 1\nname: bad\nmodel: { from: { path: m.onnx }, sha256: ${sha256(model)} }`,
    "data: { random: { inputs: { x: { normal: [0, 1] } } }, calibration: 1, validation: 2 }",
    "try: { precision: [float32, int8] }",
    "targets: { rtx-ada: { toolchains: [tensorrt-rtx], require: compiled } }\n",
  ].join("\n");
  await writeFile(join(cwd, "bad.yaml"), recipe);
  const { ended, candidate } = await buildIn(cwd, "bad.yaml");
  expect(ended.code).toBe(3);
  expect(candidate("rtx-ada", "float32").failure).toMatchObject({
    reason: "unsupported-operator",
    node: { name: "determinant", operator: "Det" },
  });
  expect(candidate("rtx-ada", "int8").failure).toMatchObject({ reason: "unsupported-model", message: expect.stringContaining("none") });
});
