import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CandidateReport, RunReport } from "../../src/domain/report.ts";
import { iree } from "../../src/toolchains/iree/index.ts";
import { fettle } from "../rig/cli.ts";
import { armEmulation } from "../rig/emulation.ts";
import { packPlugin } from "../rig/plugins.ts";
import { linkEnvironments, preparedStore, prepareEmulating, prepareEnvironments, prepareLocked } from "../rig/prepared-home.ts";
import { inRepository } from "../rig/repository.ts";
import { scratchFolder } from "../rig/scratch.ts";

const ENVIRONMENTS = ["onnx", "onnxruntime", "openvino", "scripts", "tvm"];
const HAS_BFLOAT16 = /\bavx512_bf16\b|\bamx_bf16\b/.test(readFileSync("/proc/cpuinfo", "utf8"));

/** Builds an example recipe whole, with real compilers, in a folder of the test's own. @param env more variables of the user's */
async function build(recipe: string, env: Readonly<Record<string, string>> = {}) {
  const home = preparedStore("examples");
  linkEnvironments(home, await prepareEnvironments(ENVIRONMENTS));
  const cwd = scratchFolder("example");
  const ended = await fettle(["build", inRepository(`recipes/${recipe}`), "--json"], { cwd, env: { FETTLE_HOME: home, ...env } });
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

const COMPILED = ["rtx-ada", "cuda-a100", "rocm-mi300x", "vulkan", "tpu-v5e"];
const ARM = armEmulation() ? "emulated" : "compiled";
const EVERYWHERE = { "cpu-x64": "measured", "cpu-arm64": ARM, ...Object.fromEntries(COMPILED.map((target) => [target, "compiled"])) };

/** What a report says of each target: how far it is proven, or why it is not. */
function outcomes({ targets }: RunReport): Record<string, string | null> {
  return Object.fromEntries(targets.map(({ target, status, proof, reason }) => [target, proof ?? `${status}: ${reason?.code}`]));
}

async function everywhereEnvironments(): Promise<string[]> {
  const emulating = ARM === "emulated" ? [await prepareEmulating(iree, "aarch64")] : [];
  return [...(await prepareEnvironments(["iree", "tensorrt-rtx", "tpu"])), ...emulating];
}

test("everywhere: each kind of hardware gets an artifact, and no more is said of it than was proven", async () => {
  linkEnvironments(preparedStore("examples"), await everywhereEnvironments());
  const { ended, report, candidate } = await build("everywhere.yaml", { FETTLE_EXECUTOR: "sandbox" });
  expect(ended.code).toBe(0);
  const unavailable = { "ipu-mk2": "unavailable: no-environment", "qualcomm-htp-v75": "unavailable: not-installed" };
  expect(outcomes(report)).toEqual({ ...EVERYWHERE, ...unavailable });
  expect(candidate("cpu-x64", "iree/float32")).toMatchObject({ verdict: "accepted", proof: "measured" });
  expect(candidate("rtx-ada", "tensorrt-rtx/float32").declared?.precision).toEqual({ float32: 1 });
  const estimates = candidate("tpu-v5e", "tpu/float32").declared?.estimates ?? [];
  expect(estimates.map(({ by }) => by)).toEqual(expect.arrayContaining([expect.stringContaining("XLA")]));
});

test("everywhere, with Qualcomm's plug-in: the same recipe, and its target is emulated", async () => {
  const plugin = inRepository("examples/plugins/fettle-plugin-qnn");
  const own = await prepareLocked(join(plugin, "qnn/requirements.lock"));
  linkEnvironments(preparedStore("examples"), [...(await everywhereEnvironments()), own]);
  const plain = await build("everywhere.yaml", { FETTLE_EXECUTOR: "sandbox" });
  const folder = scratchFolder("plugin");
  const env = { FETTLE_DATA_DIR: join(folder, "data"), npm_config_offline: "true", FETTLE_EXECUTOR: "sandbox" };
  const installed = await fettle(["plugins", "install", packPlugin(plugin, folder)], { cwd: folder, env });
  expect(installed.code).toBe(0);
  const { ended, report, candidate } = await build("everywhere.yaml", env);
  expect(ended.code).toBe(0);
  expect(outcomes(report)).toEqual({ ...EVERYWHERE, "ipu-mk2": "unavailable: no-environment", "qualcomm-htp-v75": "emulated" });
  expect(candidate("qualcomm-htp-v75", "qnn/float16")).toMatchObject({ verdict: "accepted", proof: "emulated" });
  // Reports of machines with and without it belong together.
  expect(report.source).toEqual({ ...plain.report.source, file: expect.any(String) });
});
