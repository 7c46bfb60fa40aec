import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeDigits } from "../rig/digits-build.ts";
import type { FakeCommand, FakeToolchain } from "../rig/fake-toolchain.ts";
import { writePlugin } from "../rig/plugins.ts";
import { type Project, reportOf } from "../rig/project.ts";
import { inRepository } from "../rig/repository.ts";
import { scratchFolder } from "../rig/scratch.ts";

const ARTIFACT = "dist/digits/cpu-x64";
const MANIFEST = `${ARTIFACT}/manifest.json`;
const ACCEPT = "{ metric: { script: digits/metric.py, keep: 50 % of reference } }";
const FAR = "{ cpu-x64: { toolchains: [fake], require: compiled } }";

/** An artifact that was compiled on a machine without the hardware it needs. */
async function compiledFar(command: FakeCommand = { do: "succeed" }, ...flags: string[]): Promise<[Project, FakeToolchain]> {
  const [project, fake] = await fakeDigits({ targets: FAR, accept: ACCEPT });
  if (fake === undefined) throw new Error("no fake toolchain");
  fake.always("compile", command);
  project.variables.FETTLE_FAKE_LACKS = "wafer";
  const built = await project.run("build", "digits.yaml", "--json", ...flags);
  expect(reportOf(built)).toMatchObject({ status: "ok", targets: [{ proof: "compiled" }] });
  expect([fake.count("infer"), fake.count("measure")]).toEqual([0, 0]);
  return [project, fake];
}

function moveToTheHardware(project: Project): void {
  delete project.variables.FETTLE_FAKE_LACKS;
}

const failureOf = ({ stdout }: { stdout: string }) => JSON.parse(stdout).failure;

test("compiled here, proven there: run, judged and measured by what it carries, and its manifest says so", async () => {
  const [project, fake] = await compiledFar();
  const before = JSON.parse(project.read(MANIFEST));
  expect(before).toMatchObject({ proof: "compiled", proven: { executed: null, speed: null } });
  moveToTheHardware(project);
  // Nothing of where it was built is there any more.
  for (const part of ["digits", "digits.yaml"]) rmSync(join(project.path, part), { recursive: true });
  const proven = await project.run("prove", ARTIFACT, "--json");
  expect(reportOf(proven)).toMatchObject({
    status: "ok",
    targets: [
      {
        target: "cpu-x64",
        proof: "measured",
        required: "compiled",
        winner: { candidate: "fake/float32", artifact: ARTIFACT },
        candidates: [{ verdict: "accepted", agreement: { metric: { verdict: "kept" } } }],
        notes: expect.arrayContaining(["The manifest now says `measured`; it said `compiled`."]),
      },
    ],
  });
  expect(proven.code).toBe(0);
  expect([fake.count("compile"), fake.count("infer"), fake.count("measure")]).toEqual([1, 1, 1]);
  const after = JSON.parse(project.read(MANIFEST));
  expect(after).toMatchObject({ proof: "measured", proven: { executed: { placement: {} }, speed: { samples: expect.any(Number) } } });
  expect({ ...after, proof: null, proven: null }).toEqual({ ...before, proof: null, proven: null });
  expect(readdirSync(join(project.path, ARTIFACT)).filter((name) => name.startsWith("manifest"))).toEqual(["manifest.json"]);
  expect(JSON.parse((await project.run("verify", ARTIFACT, "--json")).stdout)).toMatchObject({ problems: [], proof: "measured" });
  const again = await project.run("prove", ARTIFACT, "--json");
  expect([again.code, failureOf(again)]).toMatchObject([
    3,
    { reason: "not-provable", message: expect.stringContaining("`measured` already") },
  ]);
});

test("building again where the hardware is not leaves the stronger proof of the same artifact", async () => {
  const [project] = await compiledFar();
  moveToTheHardware(project);
  expect((await project.run("prove", ARTIFACT)).code).toBe(0);
  const proven = project.read(MANIFEST);
  project.variables.FETTLE_FAKE_LACKS = "wafer";
  expect((await project.run("build", "digits.yaml")).code).toBe(0);
  expect(project.read(MANIFEST)).toBe(proven);
});

test("an artifact that a build publishes while another is proven there keeps its manifest, and the proof says so", async () => {
  const [project, fake] = await compiledFar();
  moveToTheHardware(project);
  const measuring = fake.next("measure");
  const proving = project.start("prove", ARTIFACT, "--json");
  const call = await measuring;
  project.variables.FETTLE_FAKE_LACKS = "wafer";
  project.write("digits.yaml", project.read("digits.yaml").replace("50 % of reference", "40 % of reference"));
  expect((await project.run("build", "digits.yaml")).code).toBe(0);
  const published = project.read(MANIFEST);
  call.tell({ do: "succeed" });
  const proven = await proving.ended;
  expect(proven.code).toBe(3);
  expect(reportOf(proven)).toMatchObject({
    status: "failed",
    targets: [{ status: "failed", reason: { code: "publish-failed" }, winner: null }],
    failures: [{ reason: "hash-mismatch", message: expect.stringContaining("was replaced while its artifact was proven") }],
  });
  expect(project.read(MANIFEST)).toBe(published);
});

test("wrong outputs on the hardware: rejected, and the manifest stays as it was", async () => {
  const [project, fake] = await compiledFar();
  const before = project.read(MANIFEST);
  moveToTheHardware(project);
  fake.always("infer", { do: "bend", sample: 3, index: [0, 2], add: 1 });
  const proven = await project.run("prove", ARTIFACT, "--json");
  expect(proven.code).toBe(1);
  expect(reportOf(proven)).toMatchObject({ status: "rejected", targets: [{ candidates: [{ reason: { code: "output-mismatch" } }] }] });
  expect(project.read(MANIFEST)).toBe(before);
});

const DEVICE = { device: "gpu", vendor: "acme", architectures: ["a1"], driver: null };

test.each([
  ["the hardware", { do: "succeed" }, "this machine has no wafer"],
  ["the runtime's version", { do: "succeed", requires: { packages: { onnxruntime: "0.1.0" } } }, "made for onnxruntime 0.1.0"],
  ["the architecture", { do: "succeed", requires: { architecture: "aarch64" } }, "built for aarch64"],
  ["the CPU's features", { do: "succeed", requires: { cpuFeatures: ["wishful"] } }, "CPU features wishful"],
  ["the device", { do: "succeed", requires: { device: DEVICE } }, "a device of kind acme gpu"],
] as const)("refused for %s, before anything is loaded", async (what, command, message) => {
  const [project, fake] = await compiledFar(command as FakeCommand);
  if (what !== "the hardware") moveToTheHardware(project);
  const proven = await project.run("prove", ARTIFACT, "--json");
  expect([proven.code, failureOf(proven)]).toMatchObject([3, { reason: "not-provable", message: expect.stringContaining(message) }]);
  expect(fake.count("infer")).toBe(0);
});

test("a changed file anywhere in it is found by its digest, and nothing is loaded", async () => {
  const [project, fake] = await compiledFar();
  moveToTheHardware(project);
  for (const file of ["proof/reference/0000/0.npy", "proof/request.json", "proof/data/dataset.json", "proof/model/model.onnx", "load.py"]) {
    const path = join(project.path, ARTIFACT, file);
    const whole = readFileSync(path);
    appendFileSync(path, " ");
    const proven = await project.run("prove", ARTIFACT, "--json");
    expect([proven.code, failureOf(proven)]).toMatchObject([3, { reason: "hash-mismatch", message: expect.stringContaining(file) }]);
    writeFileSync(path, whole);
  }
  expect(fake.count("infer")).toBe(0);
});

test("what would be too large is not carried, and both commands say so", async () => {
  const [project] = await compiledFar({ do: "succeed" }, "--proof-size", "10 kB");
  expect(existsSync(join(project.path, ARTIFACT, "proof"))).toBe(false);
  const again = await project.run("build", "digits.yaml", "--json", "--proof-size", "10 kB");
  expect(reportOf(again).targets[0]?.notes.join(" ")).toContain("carries nothing to be proven with elsewhere");
  moveToTheHardware(project);
  expect(failureOf(await project.run("prove", ARTIFACT, "--json"))).toMatchObject({
    reason: "not-provable",
    hint: expect.stringContaining("--proof-size"),
  });
  expect(failureOf(await project.run("prove", "digits", "--json"))).toMatchObject({
    message: expect.stringContaining("not an artifact folder"),
  });
});

test("ONNX Runtime itself: compiled where a feature lacks, proven where it is", async () => {
  const folder = join(scratchFolder("plugin"), "fettle-plugin-far");
  writePlugin(
    folder,
    "fettle-plugin-far",
    `import { z } from ${JSON.stringify(`file://${inRepository("node_modules/zod/index.js")}`)};
const far = {
  apiVersion: 1, name: "far", title: "Far", directory: ${JSON.stringify(inRepository("containers/onnxruntime"))}, mainPackage: "onnxruntime",
  options: z.strictObject({}),
  canCompile: () => ({ yes: true }),
  canRun: () => (process.env.FAR_FEATURE === "1" ? { yes: true } : { yes: false, why: "this machine lacks the far feature" }),
  compileReadsHost: () => false,
  compileOptions: () => ({ level: "extended", format: "onnx" }),
  runOptions: () => ({}),
  loader: () => "print(1)\\n",
};
export default async () => [far];
`,
  );
  const [project] = await fakeDigits({ targets: "{ cpu-x64: { toolchains: [far], require: compiled } }" });
  const { installPlugins } = await import("../rig/plugins.ts");
  const data = join(scratchFolder("data"), "data");
  installPlugins(data, { "fettle-plugin-far": folder });
  project.variables.FETTLE_DATA_DIR = data;
  expect(reportOf(await project.run("build", "digits.yaml", "--json"))).toMatchObject({ status: "ok", targets: [{ proof: "compiled" }] });
  project.variables.FAR_FEATURE = "1";
  const proven = await project.run("prove", ARTIFACT, "--json");
  expect(reportOf(proven)).toMatchObject({
    status: "ok",
    targets: [{ proof: "measured", candidates: [{ facts: { precisionEvidence: "executed" } }] }],
  });
  expect(JSON.parse(project.read(MANIFEST))).toMatchObject({
    proof: "measured",
    proven: { executed: { executedPrecision: { float32: { ops: 1 } } } },
  });
});
