import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { artifactFactsSchema } from "../../src/engine/worker-schemas.ts";
import { tinyModel } from "../rig/onnx-models.ts";
import { prepareEnvironments } from "../rig/prepared-home.ts";
import { inRepository } from "../rig/repository.ts";
import { scratchFolder } from "../rig/scratch.ts";

// The worker of full TensorRT over the API that it shares with TensorRT for RTX: every call is a real one, of the parser, the builder and
// the timing cache. The driver is a stand-in, and what full TensorRT itself does with those calls is for a machine that has it.
const SIGNATURE = {
  inputs: [{ name: "x", dtype: "float32", shape: [1, 4] }],
  outputs: [{ name: "y", dtype: "float32", shape: [1, 4] }],
};

interface Asked {
  readonly verb: string;
  readonly inputs?: readonly { readonly shape: readonly (number | string)[]; readonly ranges?: readonly object[] }[];
  readonly options?: object;
  readonly capability?: string;
}

async function worker({ verb, inputs = SIGNATURE.inputs, options = {}, capability = "8.9" }: Asked) {
  const [environment] = await prepareEnvironments(["tensorrt-rtx"]);
  const workspace = scratchFolder("tensorrt");
  const model = join(workspace, "in/model");
  mkdirSync(model, { recursive: true });
  writeFileSync(join(model, "model.onnx"), tinyModel({ inputs: inputs.map(({ shape }) => ({ name: "x", shape })) }));
  const told = inputs.map(({ shape, ranges }) => ({
    ...{ name: "x", dtype: "float32", shape: shape.map((size) => (typeof size === "number" ? size : -1)) },
    ...(ranges !== undefined && { ranges }),
  }));
  writeFileSync(join(model, "signature.json"), JSON.stringify({ ...SIGNATURE, inputs: told }));
  const target = { name: "cuda-ada", device: "gpu", vendor: "nvidia", architecture: "sm_89", api: "cuda", host: "x86-64" };
  const request = { protocol: 1, verb, inputs: { model: "in/model" }, options, target, threads: 1 };
  writeFileSync(join(workspace, "request.json"), JSON.stringify(request));
  const parts = ["cuda", "tensorrt_over_rtx"].map((name) => `test/python/stand_ins/${name}`);
  const path = ["containers/worker", "containers/tensorrt-common", ...parts].map(inRepository).join(":");
  const calls = join(workspace, "calls");
  writeFileSync(calls, "");
  const ended = spawnSync(`${environment}/bin/python`, [inRepository("containers/tensorrt/worker.py"), workspace], {
    env: { PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: "1", CAPABILITY: capability, TENSORRT_CALLS: calls },
    encoding: "utf8",
  });
  if (!existsSync(join(workspace, "result.json"))) expect.fail(ended.stderr);
  const result = JSON.parse(readFileSync(join(workspace, "result.json"), "utf8"));
  const lines = readFileSync(calls, "utf8").split("\n").filter(Boolean);
  return { ended, result, out: join(workspace, "out"), calls: lines.map((line): unknown[] => JSON.parse(line)) };
}

const BUILD = { verb: "compile", options: { precision: "float16", tf32: false, optimizationLevel: 4 } } as const;

test("a plan is bound to GPU, driver and version, and its timing cache is kept and hashed", async () => {
  const { ended, result, out, calls } = await worker(BUILD);
  expect(ended.status, ended.stderr).toBe(0);
  const facts = artifactFactsSchema.parse(result.facts);
  expect(facts.files).toEqual(["model.plan", "network.json", "timing.cache"]);
  expect(facts.requires).toEqual({
    architecture: "x86-64",
    cpuFeatures: [],
    packages: { tensorrt: "11.4.0.106" },
    device: { device: "gpu", vendor: "nvidia", architectures: ["sm_89"], driver: "580.65.06" },
  });
  expect(facts.declared?.precision).toEqual({ float16: 1 });
  expect(facts.notes.join(" ")).toContain("has not been verified on a GPU");
  const cache = readFileSync(join(out, "timing.cache"));
  const digest = `sha256:${createHash("sha256").update(cache).digest("hex")}`;
  expect(facts.details.timingCache).toEqual({ bytes: cache.length, digest });
  expect(JSON.parse(readFileSync(join(out, "network.json"), "utf8"))).toEqual({
    needs: { architecture: "sm_89", version: "11.4.0.106", driver: "580.65.06" },
    declared: { float16: 1 },
  });
  expect(readFileSync(join(out, "model.plan")).subarray(0, 4).toString("latin1")).toBe("vtrt");
  expect(calls).toEqual([
    ["clear_flag", "TF32"],
    ["builder_optimization_level", 4],
    ["profiling_verbosity", "DETAILED"],
    ["create_timing_cache", "bytes"],
    ["set_timing_cache", "ITimingCache", false],
    ["progress_monitor", "FettleMonitor"],
    ["build_serialized_network"],
    ["get_timing_cache"],
  ]);
});

test("a range of sizes is one optimisation profile, told as TensorRT took it", async () => {
  const range = { axis: 1, name: "w", min: 2, opt: 4, max: 8 };
  const { ended, result, out, calls } = await worker({ ...BUILD, inputs: [{ shape: [1, "w"], ranges: [range] }] });
  expect(ended.status, ended.stderr).toBe(0);
  const profile = [
    [1, 2],
    [1, 4],
    [1, 8],
  ];
  expect(artifactFactsSchema.parse(result.facts).details.profile).toEqual({ x: profile });
  expect(calls.filter(([call]) => call === "add_optimization_profile")).toEqual([["add_optimization_profile", "IOptimizationProfile"]]);
  expect(JSON.parse(readFileSync(join(out, "signature.json"), "utf8")).inputs[0].ranges).toEqual([range]);
});

test("an input that is open where the recipe gave it one size is refused before anything is built", async () => {
  const { result, calls } = await worker({ ...BUILD, inputs: [{ shape: [1, "w"] }] });
  expect(result.error).toMatchObject({
    code: "unsupported-model",
    message: "TensorRT takes the input 'x' for one of the sizes (1, -1), and it was asked for as [1, -1]",
  });
  expect(calls.some(([call]) => call === "build_serialized_network")).toBe(false);
});

test("on a GPU of another kind nothing is tuned", async () => {
  const { result, calls } = await worker({ ...BUILD, capability: "9.0" });
  expect(result.error).toMatchObject({ code: "toolchain-error", message: expect.stringContaining("that is sm_89, and this one is sm_90") });
  expect(calls).toEqual([]);
});
