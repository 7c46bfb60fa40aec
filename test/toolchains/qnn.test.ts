import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digestBytes, digestHex } from "../../src/domain/digest.ts";
import type { CandidateReport, RunReport } from "../../src/domain/report.ts";
import type { ConformanceFinding } from "../../src/report/conformance-view.ts";
import { type Ended, fettle } from "../rig/cli.ts";
import { tinyModel } from "../rig/onnx-models.ts";
import { packPlugin } from "../rig/plugins.ts";
import { linkEnvironments, preparedStore, prepareEnvironments, prepareLocked } from "../rig/prepared-home.ts";
import { inRepository } from "../rig/repository.ts";
import { scratchFolder } from "../rig/scratch.ts";

// The plug-in as a user has it: packed by npm and installed from the archive, nothing of it imported from here.
const PLUGIN = inRepository("examples/plugins/fettle-plugin-qnn");
const TARGET = "qualcomm-htp-v75";
const SIMULATOR = "Qualcomm HTP simulator (x86)";

/** A user's folder with the plug-in's recipes in it, and the plug-in installed, without any network for npm. */
async function user() {
  const home = preparedStore("qnn");
  const own = await prepareLocked(join(PLUGIN, "qnn/requirements.lock"));
  linkEnvironments(home, [...(await prepareEnvironments(["onnx", "onnxruntime", "scripts"])), own]);
  const cwd = scratchFolder("qnn");
  cpSync(join(PLUGIN, "recipes"), cwd, { recursive: true });
  const env = { FETTLE_HOME: home, FETTLE_DATA_DIR: join(cwd, "data"), npm_config_offline: "true" };
  const run = (...args: string[]) => fettle(args, { cwd, env });
  const installed = await run("plugins", "install", packPlugin(PLUGIN, cwd), "--json");
  expect(installed.stderr).toBe("");
  return { cwd, run, installed, build: (recipe: string) => build(recipe, run) };
}

/** Builds a recipe of one candidate. */
async function build(recipe: string, run: (...args: string[]) => Promise<Ended>) {
  const ended = await run("build", recipe, "--json");
  const report: RunReport = JSON.parse(ended.stdout);
  const [target] = report.targets;
  const candidate = target?.candidates[0];
  if (target === undefined || candidate === undefined) throw new Error(`no candidate: ${ended.stderr}`);
  return { code: ended.code, target, candidate };
}

const outputOf = ({ agreement }: CandidateReport) => agreement?.outputs[0];

test("what the package brings", async () => {
  const { installed, run } = await user();
  expect(JSON.parse(installed.stdout)).toMatchObject({
    plugins: [{ name: "fettle-plugin-qnn", toolchains: ["qnn"], targets: [TARGET], commands: ["qnn inspect"], faults: [] }],
  });
  expect((await run("toolchains")).stdout).toMatch(/^qnn 2\.7\.0 .*fettle-plugin-qnn$/m);
});

test("the conformance kit finds nothing that failed", async () => {
  const { run } = await user();
  const checked = await run("toolchain", "check", "qnn", "--target", TARGET, "--precision", "float16", "--json");
  const { findings } = JSON.parse(checked.stdout) as { findings: ConformanceFinding[] };
  expect(findings.filter(({ status }) => status === "failed")).toEqual([]);
  expect(findings.filter(({ status }) => status === "not-applicable")).toMatchObject([
    { check: "measures", message: expect.stringContaining(SIMULATOR) },
    { check: "takes-ranges", message: "it does not declare `dynamicShapes`" },
  ]);
  expect(checked.code).toBe(0);
});

test("a float model: compiled, run on Qualcomm's simulator, and agreeing as float16 does", async () => {
  const { build } = await user();
  const { code, target, candidate } = await build("small-conv-float.yaml");
  expect(code).toBe(0);
  expect(target).toMatchObject({ status: "accepted", proof: "emulated" });
  expect(candidate).toMatchObject({ id: "qnn/float16", verdict: "accepted", reason: { message: expect.stringContaining(SIMULATOR) } });
  // Seen on 24 November 2026: 8.2e-4, where float16 resolves 4.9e-4 and TVM in float32 has 3e-7.
  expect(outputOf(candidate)?.relL2).toBeGreaterThan(1e-5);
  expect(outputOf(candidate)?.relL2).toBeLessThan(5e-3);
});

test("unsigned activations: within a step of the reference", async () => {
  const { build } = await user();
  const { code, candidate } = await build("small-conv-unsigned.yaml");
  expect(code).toBe(0);
  expect(candidate).toMatchObject({ id: "qnn/int8", verdict: "accepted" });
  expect(outputOf(candidate)?.maxAbs).toBeLessThan(1.5 / 255);
});

test("signed symmetric activations: compiled without a word, wrong by 128 steps, and rejected by the judge", async () => {
  const { build } = await user();
  const { code, target, candidate } = await build("small-conv-signed.yaml");
  expect(code).toBe(1);
  expect(target).toMatchObject({ status: "rejected", winner: null });
  expect(candidate).toMatchObject({ id: "qnn/int8", verdict: "rejected", reason: { code: "output-mismatch" } });
  expect(candidate.failure).toBeFalsy();
  // The output's step is 1/127, and 128 of them are 1.00787: the sign of the zero point is lost.
  const output = outputOf(candidate);
  const shift = (output?.worst?.reference ?? Number.NaN) - (output?.worst?.value ?? Number.NaN);
  expect(Math.abs(shift)).toBeGreaterThan(127.5 / 127);
  expect(Math.abs(shift)).toBeLessThan(129.5 / 127);
  expect(output?.relL2).toBeGreaterThan(1);
});

test("an operator that the HTP lacks is named with its node", async () => {
  const { cwd, build } = await user();
  const nodes = [
    { opType: "Relu", name: "rectify", input: ["x"], output: ["r"] },
    { opType: "Hardmax", name: "decide", input: ["r"], output: ["y"] },
  ];
  const model = tinyModel({ nodes });
  writeFileSync(join(cwd, "hardmax.onnx"), model);
  writeFileSync(
    join(cwd, "hardmax.yaml"),
    `recipe: 1
name: hardmax
model: { from: { path: hardmax.onnx }, sha256: ${digestHex(digestBytes(model))} }
data: { random: { inputs: { x: { normal: [0, 1] } } }, calibration: 1, validation: 4 }
try: { precision: [float16] }
targets: { ${TARGET}: { toolchains: [qnn], require: emulated } }
`,
  );
  const { code, candidate } = await build("hardmax.yaml");
  expect(code).toBe(3);
  expect(candidate.failure).toMatchObject({ reason: "unsupported-operator", node: { name: "decide", operator: "Hardmax" } });
});

test("the plug-in's own command reads what an artifact is for out of its binary", async () => {
  const { run, build } = await user();
  await build("small-conv-unsigned.yaml");
  const artifact = join("dist/small-conv-unsigned", TARGET);
  const inspected = await run("qnn", "inspect", artifact, "--json");
  expect(inspected.code).toBe(0);
  expect(JSON.parse(inspected.stdout)).toMatchObject({
    hexagon: "v75",
    chip: "SM8650",
    sdk: expect.stringMatching(/^2\.51\./),
    nodes: [{ inputs: ["x"], outputs: ["y"] }],
    operators: { Conv2d: 2, FullyConnected: 1, Softmax: 1 },
    precision: { uint8: expect.closeTo(0.9) },
  });
  expect((await run("qnn", "inspect", artifact)).stdout).toContain("made for   Hexagon v75, SM8650");
  const none = await run("qnn", "inspect", ".");
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("holds no model.onnx") });
});

test("compiled where the simulator does not run, proven where it does: emulated, and no further", async () => {
  const { cwd, run } = await user();
  // As on an Arm machine, which this package compiles on and has no simulator for.
  const arm = join(cwd, "arm");
  cpSync(PLUGIN, arm, { recursive: true });
  const source = join(arm, "lib/qnn.js");
  writeFileSync(source, readFileSync(source, "utf8").replace('host.architecture === "x86-64"', 'host.architecture === "aarch64"'));
  const recipe = join(cwd, "small-conv-float.yaml");
  writeFileSync(recipe, readFileSync(recipe, "utf8").replace("require: emulated", "require: compiled"));
  expect((await run("plugins", "uninstall", "fettle-plugin-qnn")).code).toBe(0);
  expect((await run("plugins", "link", arm)).code).toBe(0);
  expect((await build("small-conv-float.yaml", run)).target).toMatchObject({ status: "accepted", proof: "compiled" });
  expect((await run("plugins", "uninstall", "fettle-plugin-qnn")).code).toBe(0);
  const artifact = join("dist/small-conv-float", TARGET);
  const missing = await run("prove", artifact);
  expect(missing).toMatchObject({ code: 3, stderr: expect.stringContaining("fettle plugins install") });

  expect((await run("plugins", "install", packPlugin(PLUGIN, cwd))).code).toBe(0);
  const proven = await run("prove", artifact, "--json");
  expect(proven.code).toBe(0);
  const report: RunReport = JSON.parse(proven.stdout);
  expect(report.targets[0]).toMatchObject({ target: TARGET, proof: "emulated", winner: { candidate: "qnn/float16" } });
  expect(report.targets[0]?.notes).toContain("The manifest now says `emulated`; it said `compiled`.");
  expect(JSON.parse(readFileSync(join(cwd, artifact, "manifest.json"), "utf8"))).toMatchObject({
    proof: "emulated",
    proven: { speed: null },
  });
  const again = await run("prove", artifact);
  expect(again).toMatchObject({ code: 3, stderr: expect.stringContaining("this machine could only emulate it") });
});
