import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeDigits } from "../rig/digits-build.ts";
import { type FakeToolchain, fakePluginVariables } from "../rig/fake-toolchain.ts";
import { type DigitsRecipe, type Project, reportOf } from "../rig/project.ts";

/** From one image to four at a time. */
const SHAPE = "[{ min: 1, opt: 2, max: 4 }, 1, 8, 8]";
const RANDOM = "random: { inputs: { image: { uniform: [0, 1] } } }";

async function rangedDigits(recipe: DigitsRecipe = {}): Promise<[Project, FakeToolchain]> {
  const [project, fake] = await fakeDigits({ shape: SHAPE, data: RANDOM, validation: 6, ...recipe });
  if (fake === undefined) throw new Error("no fake toolchain");
  fake.dynamicShapes = true;
  Object.assign(project.variables, fakePluginVariables([fake]));
  return [project, fake];
}

async function build(project: Project, ...flags: string[]) {
  const built = await project.run("build", "digits.yaml", "--json", ...flags);
  const report = reportOf(built);
  return { code: built.code, report, candidate: report.targets[0]?.candidates[0] };
}

/** A data script that gives batches of these sizes, again and again. */
function batches(...sizes: readonly number[]): string {
  return `import numpy as np

def samples(request):
    random = np.random.default_rng(request.seed)
    for index in range(request.count):
        yield {"image": random.random((${JSON.stringify(sizes)}[index % ${sizes.length}], 1, 8, 8), dtype=np.float32)}
`;
}

test("an artifact for a range is judged at its ends and in between, measured at one size, and published with all of that", async () => {
  const [project] = await rangedDigits();
  const { code, candidate } = await build(project);
  expect(code).toBe(0);
  expect(candidate).toMatchObject({
    verdict: "accepted",
    proof: "measured",
    reason: { code: "agrees" },
    agreement: { sizes: [{ input: "image", axis: 0, min: 1, opt: 2, max: 4, least: 1, greatest: 4 }] },
    speed: { at: { image: [2, 1, 8, 8] }, notes: expect.arrayContaining(["measured on samples of one size: image [2, 1, 8, 8]"]) },
  });
  const manifest = JSON.parse(project.read("dist/digits/cpu-x64-native/manifest.json"));
  expect(manifest).toMatchObject({
    signature: { inputs: [{ name: "image", shape: [-1, 1, 8, 8], ranges: [{ axis: 0, name: "n", min: 1, opt: 2, max: 4 }] }] },
    proven: { agreement: { sizes: [{ least: 1, greatest: 4 }] }, speed: { at: { image: [2, 1, 8, 8] } } },
  });
});

test("an artifact that is wrong only at another size than the best one is rejected", async () => {
  const [project, fake] = await rangedDigits();
  // Samples 0, 1, 2 have one, two and four images.
  fake.always("infer", { do: "bend", sample: 2, index: [3, 7], add: 0.01 });
  const { code, candidate } = await build(project);
  expect(code).toBe(1);
  expect(candidate).toMatchObject({ verdict: "rejected", reason: { code: "output-mismatch" }, speed: null });
  expect(candidate?.agreement?.outputs[0]?.worst).toMatchObject({ sample: 2, index: [3, 7] });
});

test("a size with few elements cannot hide behind others under a wide tolerance", async () => {
  const accept = "{ outputs: { atol: 0.001, rtol: 0.001, mismatch: 0.2 } }";
  const [project, fake] = await rangedDigits({ accept });
  fake.always("infer", { do: "bend", sample: 0, index: [0, 3], add: 1 });
  expect((await build(project)).candidate?.verdict).toBe("accepted");
  const wrongAtOne = readFileSync(join(fake.directory, "worker.py"), "utf8").replace(
    "writer.add(bend(values, sample.index, command))",
    "writer.add([value + (len(value) == 1) for value in values])",
  );
  writeFileSync(join(fake.directory, "worker.py"), wrongAtOne);
  const { candidate } = await build(project);
  expect(candidate).toMatchObject({ verdict: "rejected", reason: { code: "output-mismatch" } });
  expect(candidate?.reason.message).toContain("at the size image [1, 1, 8, 8]: 20 of 20 elements differ");
});

test("compiled here, proven there: at every size that it carries; ends of the range that nobody saw are told", async () => {
  const targets = "{ cpu-x64: { toolchains: [fake], require: compiled } }";
  const [project, fake] = await rangedDigits({ targets, data: "script: batches.py", validation: 4 });
  project.write("batches.py", batches(2, 3));
  project.variables.FETTLE_FAKE_LACKS = "wafer";
  expect((await build(project)).report).toMatchObject({ targets: [{ proof: "compiled" }] });
  delete project.variables.FETTLE_FAKE_LACKS;
  for (const part of ["digits", "digits.yaml", "batches.py"]) rmSync(join(project.path, part), { recursive: true });
  const proven = await project.run("prove", "dist/digits/cpu-x64", "--json");
  expect(proven.code).toBe(0);
  expect(reportOf(proven).targets[0]).toMatchObject({
    proof: "measured",
    candidates: [
      {
        verdict: "accepted",
        reason: { code: "agrees-in-part", message: expect.stringContaining("axis 0 of `image` from 2 to 3, of 1 to 4 asked for") },
        speed: { at: { image: [2, 1, 8, 8] } },
      },
    ],
  });
  expect(fake.count("compile")).toBe(1);
});

test("data without a sample of the size that speed is claimed for is a fault that says what there is", async () => {
  const [project] = await rangedDigits({ data: "script: batches.py" });
  project.write("batches.py", batches(1, 4));
  const { code, report } = await build(project);
  expect(code).toBe(3);
  expect(report.failures[0]).toMatchObject({
    step: "data model",
    reason: "invalid-data",
    message: "No validation sample has the size that speed is measured at: image [2, 1, 8, 8].",
    hint: expect.stringContaining("image [1, 1, 8, 8]; image [4, 1, 8, 8]"),
  });
});

test("a sample outside the range is a fault of the data", async () => {
  const [project] = await rangedDigits({ data: "script: batches.py" });
  project.write("batches.py", batches(2, 5));
  const { report } = await build(project);
  expect(report.failures[0]).toMatchObject({
    reason: "invalid-data",
    message: expect.stringContaining("input 'image' is [1..4, 1, 8, 8], not [5, 1, 8, 8]"),
  });
});

test("a worker whose artifact says nothing of the range that was asked for has broken the contract", async () => {
  const [project, fake] = await rangedDigits();
  const worker = join(fake.directory, "worker.py");
  const forgets = `    text = (request.out / "signature.json").read_text()
    document = json.loads(text)
    del document["inputs"][0]["ranges"]
    (request.out / "signature.json").write_text(json.dumps(document))
    (request.out / "made.txt")`;
  writeFileSync(worker, readFileSync(worker, "utf8").replace('    (request.out / "made.txt")', forgets));
  const { candidate } = await build(project);
  expect(candidate).toMatchObject({
    verdict: "failed",
    failure: { reason: "garbage-output", message: expect.stringContaining("gives the input image other ranges of sizes") },
  });
});
