import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CandidateReport, RunReport } from "../../src/domain/report.ts";
import { iree } from "../../src/toolchains/iree/index.ts";
import { fettle } from "../rig/cli.ts";
import { armEmulation } from "../rig/emulation.ts";
import { linkEnvironments, preparedStore, prepareEmulating, prepareEnvironments } from "../rig/prepared-home.ts";
import { inRepository } from "../rig/repository.ts";
import { scratchFolder } from "../rig/scratch.ts";

const ENVIRONMENTS = ["onnx", "onnxruntime", "openvino", "scripts", "tvm"];
const HAS_BFLOAT16 = /\bavx512_bf16\b|\bamx_bf16\b/.test(readFileSync("/proc/cpuinfo", "utf8"));

/** Builds an example recipe whole, with real compilers, in a folder of the test's own. */
async function build(recipe: string, ...flags: string[]) {
  const home = preparedStore("examples");
  linkEnvironments(home, await prepareEnvironments(ENVIRONMENTS));
  const cwd = scratchFolder("example");
  const ended = await fettle(["build", inRepository(`recipes/${recipe}`), "--json", ...flags], { cwd, env: { FETTLE_HOME: home } });
  const report: RunReport = JSON.parse(ended.stdout);
  const candidate = (target: string, id: string): CandidateReport => {
    const found = report.targets.find((each) => each.target === target)?.candidates.find((each) => each.id === id);
    if (!found) throw new Error(`the report has no ${id} for ${target}`);
    return found;
  };
  return { ended, report, candidate, cwd };
}

test("digits: every toolchain agrees, keeps the metric and is measured; Arm is compiled", async () => {
  const { ended, report, candidate, cwd } = await build("digits.yaml");
  expect(ended.code).toBe(0);
  expect(report.status).toBe("ok");
  for (const id of ["onnxruntime/float32", "openvino/float32", "tvm/float32"]) {
    expect(candidate("cpu-x64-native", id)).toMatchObject({
      verdict: "accepted",
      proof: "measured",
      agreement: { metric: { verdict: "kept" } },
    });
  }
  expect(candidate("cpu-arm64", "tvm/float32")).toMatchObject({ verdict: "accepted", proof: "compiled", reason: { code: "not-run-here" } });

  const target = report.targets[0];
  const verified = await fettle(["verify", join(cwd, target?.winner?.artifact ?? ""), "--json"], { cwd });
  expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, candidate: target?.winner?.candidate });
  const foreign = await fettle(["verify", join(cwd, "dist/digits/cpu-arm64")], { cwd });
  expect(foreign.code).toBe(1);
  expect(foreign.stdout).toContain("It is built for aarch64; this host is x86-64.");
});

test("digits again: everything comes from the store", async () => {
  await build("digits.yaml");
  const { ended, report } = await build("digits.yaml");
  expect(ended.code).toBe(0);
  // Publishing into a new folder is the one thing left to do.
  expect(report.steps.executed).toBeLessThanOrEqual(report.targets.length);
});

test("quick start: the precision that ran decides about bfloat16, and the metric is kept", async () => {
  const { ended, candidate } = await build("quickstart.yaml");
  expect(ended.code).toBe(0);
  const bfloat16 = candidate("cpu-x64-native", "openvino/bfloat16");
  if (HAS_BFLOAT16) expect(bfloat16.verdict).not.toBe("failed");
  else expect(bfloat16).toMatchObject({ verdict: "rejected", reason: { code: "precision-not-executed" } });
  for (const id of ["onnxruntime/float32", "openvino/float32", "tvm/float32"]) {
    expect(candidate("cpu-x64-native", id)).toMatchObject({ verdict: "accepted", agreement: { metric: { verdict: "kept" } } });
  }
});

test("voice: a toolchain that lacks the LSTM says so with the node, and the others go on", async () => {
  const { ended, candidate } = await build("voice.yaml");
  expect(ended.code).toBe(0);
  expect(candidate("cpu-x64-native", "onnxruntime/float32")).toMatchObject({ verdict: "accepted" });
  expect(candidate("cpu-x64-native", "tvm/float32")).toMatchObject({
    verdict: "failed",
    failure: { reason: "unsupported-operator", node: { operator: "LSTM", name: expect.stringContaining("LSTM") } },
  });
});

test("everywhere: each kind of hardware gets an artifact, and no more is said of it than was proven", async () => {
  const emulating = armEmulation() ? [await prepareEmulating(iree, "aarch64")] : [];
  linkEnvironments(preparedStore("examples"), [...(await prepareEnvironments(["iree", "tensorrt-rtx", "tpu"])), ...emulating]);
  const { ended, report, candidate } = await build("everywhere.yaml");
  expect(ended.code).toBe(0);
  const proofs = Object.fromEntries(report.targets.map(({ target, proof }) => [target, proof]));
  const compiled = ["rtx-ada", "cuda-a100", "rocm-mi300x", "vulkan", "tpu-v5e"];
  expect(proofs).toEqual({
    "cpu-x64": "measured",
    "cpu-arm64": armEmulation() ? "emulated" : "compiled",
    ...Object.fromEntries(compiled.map((target) => [target, "compiled"])),
  });
  expect(candidate("cpu-x64", "iree/float32")).toMatchObject({ verdict: "accepted", proof: "measured" });
  expect(candidate("rtx-ada", "tensorrt-rtx/float32").declared?.precision).toEqual({ float32: 1 });
  const estimates = candidate("tpu-v5e", "tpu/float32").declared?.estimates ?? [];
  expect(estimates.map(({ by }) => by)).toEqual(expect.arrayContaining([expect.stringContaining("XLA")]));
});
