import { readFileSync } from "node:fs";
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

// The real compiler and runtime. No GPU is needed, and what only one can show is not shown here.
const ENVIRONMENTS = ["onnx", "onnxruntime", "scripts", "iree"];

async function buildIn(cwd: string, recipe: string) {
  const home = preparedStore("iree");
  linkEnvironments(home, await prepareEnvironments(ENVIRONMENTS));
  const ended = await fettle(["build", recipe, "--json"], { cwd, env: { FETTLE_HOME: home } });
  const report: RunReport = JSON.parse(ended.stdout);
  const candidate = (target: string): CandidateReport =>
    report.targets.find((each) => each.target === target)?.candidates.find((each) => each.id === "iree/float32") ??
    expect.fail(`the report has no iree/float32 for ${target}`);
  return { ended, report, candidate };
}

async function digitsFolder(targets: readonly string[]): Promise<string> {
  const cwd = scratchFolder("iree");
  await cp(inRepository("recipes/digits"), join(cwd, "digits"), { recursive: true });
  const recipe = readFileSync(inRepository("recipes/digits.yaml"), "utf8");
  await writeFile(join(cwd, "digits.yaml"), [recipe.slice(0, recipe.indexOf("\ntargets:")), "targets:", ...targets, ""].join("\n"));
  return cwd;
}

interface Manifest {
  readonly requires: object;
  readonly made: { readonly facts: Record<string, unknown> };
}

const manifestOf = (cwd: string, target: string): Manifest =>
  JSON.parse(readFileSync(join(cwd, "dist/digits", target, "manifest.json"), "utf8"));

/** What `fettle iree target` reads of a published module, by itself. */
async function readBack(cwd: string, target: string) {
  const ended = await fettle(["iree", "target", join("dist/digits", target), "--json"], { cwd });
  expect(ended.code).toBe(0);
  return JSON.parse(ended.stdout);
}

test("digits for x86-64 CPUs: agrees, is measured, and the code needs no more than the level has", async () => {
  const cwd = await digitsFolder(
    ["cpu-x64", "cpu-x64-v2", "cpu-x64-v3"].map((name) => `  ${name}: { toolchains: [iree], require: measured }`),
  );
  const { ended, candidate } = await buildIn(cwd, "digits.yaml");
  expect(ended.code).toBe(0);
  const used = (target: string) => (manifestOf(cwd, target).made.facts as { code: { extensionsUsed: string[] } }).code.extensionsUsed;
  for (const target of ["cpu-x64", "cpu-x64-v2", "cpu-x64-v3"]) {
    expect(candidate(target)).toMatchObject({
      verdict: "accepted",
      proof: "measured",
      agreement: { metric: { verdict: "kept" } },
      facts: { precisionEvidence: "executed", executedPrecision: { float32: { ops: 1, time: 1 } }, placement: { cpu: 1 } },
    });
    expect(await readBack(cwd, target)).toMatchObject({ asked: { device: "local" }, executables: [{ architectures: ["x86-64"] }] });
  }
  expect(used("cpu-x64").filter((name) => !["sse", "sse2", "mmx", "cmov"].includes(name))).toEqual([]);
  expect(used("cpu-x64-v2").some((name) => name.startsWith("avx"))).toBe(false);
  expect(used("cpu-x64-v3")).toContain("avx");
});

test("digits for hardware that is not here is compiled, and what is in the module is what was asked for", async () => {
  const wanted = {
    "cuda-a100": { device: "cuda", architectures: ["sm_80"] },
    "cuda-ampere": { device: "cuda", architectures: ["sm_86"] },
    "cuda-ada": { device: "cuda", architectures: ["sm_89"] },
    "rocm-mi300x": { device: "hip", architectures: ["gfx942"] },
    vulkan: { device: "vulkan", architectures: [] },
  };
  const cwd = await digitsFolder(Object.keys(wanted).map((name) => `  ${name}: { toolchains: [iree], require: compiled }`));
  const { ended, candidate } = await buildIn(cwd, "digits.yaml");
  expect(ended.code).toBe(0);
  for (const [target, { device, architectures }] of Object.entries(wanted)) {
    expect(candidate(target)).toMatchObject({ verdict: "accepted", reason: { code: "not-run-here" }, facts: null, speed: null });
    expect(candidate(target)).toMatchObject({ proof: "compiled", declared: { precision: { float32: 1 } } });
    const module = await readBack(cwd, target);
    expect(module.asked.device).toBe(device);
    for (const executable of module.executables) expect(executable.architectures).toEqual(architectures);
    expect(manifestOf(cwd, target).made.facts).toMatchObject({ executables: { count: module.executables.length, architectures } });
  }
  expect(manifestOf(cwd, "cuda-ada").requires).toMatchObject({ architecture: "any", device: { vendor: "nvidia", driver: "550" } });
});

test("what it cannot compile names the node; a crash of the compiler is a failure of the candidate and no more", async () => {
  const cwd = await digitsFolder([]);
  await cp(inRepository("recipes/voice"), join(cwd, "voice"), { recursive: true });
  const voice = readFileSync(inRepository("recipes/voice.yaml"), "utf8");
  const targets = "targets: { cuda-ada: { toolchains: [iree], require: compiled } }\n";
  await writeFile(join(cwd, "voice.yaml"), `${voice.slice(0, voice.indexOf("\ntargets:"))}\n${targets}`);
  const refused = await buildIn(cwd, "voice.yaml");
  expect(refused.ended.code).toBe(3);
  expect(refused.candidate("cuda-ada").failure).toMatchObject({
    reason: "unsupported-operator",
    node: { name: expect.stringContaining("reparam_conv/Conv"), operator: "Conv" },
    keyLine: expect.stringContaining("operand #1"),
  });

  const model = tinyModel({
    nodes: [{ opType: "Unique", name: "distinct", input: ["x"], output: ["y"] }],
    inputs: [{ name: "x", shape: [4] }],
  });
  await writeFile(join(cwd, "m.onnx"), model);
  const recipe = [
    `recipe: 1\nname: bad\nmodel: { from: { path: m.onnx }, sha256: ${sha256(model)} }`,
    "data: { random: { inputs: { x: { normal: [0, 1] } } }, calibration: 1, validation: 2 }",
    targets,
  ].join("\n");
  await writeFile(join(cwd, "bad.yaml"), recipe);
  const crashed = await buildIn(cwd, "bad.yaml");
  expect(crashed.ended.code).toBe(3);
  expect(crashed.candidate("cuda-ada").failure).toMatchObject({
    reason: "toolchain-error",
    message: expect.stringContaining("crashed (SIG"),
  });
});
