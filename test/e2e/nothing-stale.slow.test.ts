import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeDigits } from "../rig/digits-build.ts";
import type { FakeToolchain } from "../rig/fake-toolchain.ts";
import { type Project, reportOf, writeDigitsRecipe } from "../rig/project.ts";

// Same paths, changed contents: what rests on them is made anew, and nothing else.

async function built(project: Project) {
  const ended = await project.run("build", "digits.yaml", "--json");
  return { ended, report: reportOf(ended) };
}

function required(fake: FakeToolchain | undefined): FakeToolchain {
  if (fake === undefined) throw new Error("the project has no fake toolchain");
  return fake;
}

const METRIC = "{ outputs: auto, metric: { script: digits/metric.py, keep: 99 % of reference } }";

test("an unchanged recipe is answered from the store", async () => {
  const [project, fake] = await fakeDigits();
  expect((await built(project)).ended.code).toBe(0);
  const { report } = await built(project);
  expect(report.steps).toMatchObject({ executed: 0, failed: 0 });
  expect(required(fake).count("compile")).toBe(1);
});

test("a changed data script makes the data anew and runs the candidate on it", async () => {
  const [project, fake] = await fakeDigits();
  await built(project);
  const script = join(project.path, "digits/data.py");
  writeFileSync(script, readFileSync(script, "utf8").replace(/yield /, "yield "));
  appendFileSync(script, "\n# changed\n");
  const { report } = await built(project);
  // The script changed and gave the same samples: the rebuild stops at the data.
  expect(report.steps.executed).toBe(1);
  expect(required(fake).count("infer")).toBe(1);
});

test("a changed worker, and a changed lock, are another toolchain: compiled anew", async () => {
  const [project, fake] = await fakeDigits();
  await built(project);
  appendFileSync(join(required(fake).directory, "worker.py"), "\n# changed\n");
  await built(project);
  expect(required(fake).count("compile")).toBe(2);
  const explained = await project.run("plan", "digits.yaml", "--explain");
  expect(explained.code).toBe(0);
});

test("plan --explain names the input of the key that changed", async () => {
  const [project, fake] = await fakeDigits();
  await built(project);
  appendFileSync(join(required(fake).directory, "worker.py"), "\n# changed\n");
  const explained = await project.run("plan", "digits.yaml", "--explain");
  expect(explained.stdout).toMatch(/changed: worker/);
});

test("a changed accept block is judged anew without compiling or running", async () => {
  const [project, fake] = await fakeDigits();
  await built(project);
  writeDigitsRecipe(project, { accept: "{ outputs: { atol: 0, rtol: 0 } }" });
  const { report } = await built(project);
  expect(report.targets[0]?.candidates[0]?.agreement?.outputs[0]?.tolerance).toMatchObject({ atol: 0, rtol: 0 });
  expect([required(fake).count("compile"), required(fake).count("infer")]).toEqual([1, 1]);
});

test("a changed metric script scores anew", async () => {
  const [project] = await fakeDigits({ accept: METRIC });
  const first = await built(project);
  expect(first.report.targets[0]?.candidates[0]?.agreement?.metric).toMatchObject({ verdict: "kept" });
  writeFileSync(join(project.path, "digits/metric.py"), "def score(outputs, reference, labels, context):\n    return 0.25\n");
  const second = await built(project);
  expect(second.report.targets[0]?.candidates[0]?.agreement?.metric).toMatchObject({ reference: 0.25, candidate: 0.25 });
});

test("a build without a winner takes the earlier artifact out of the way", async () => {
  const [project, fake] = await fakeDigits();
  await built(project);
  const folder = join(project.path, "dist/digits/cpu-x64-native");
  expect(existsSync(folder)).toBe(true);
  appendFileSync(join(required(fake).directory, "worker.py"), "\n# changed\n");
  required(fake).always("infer", { do: "bend", sample: 0, index: [0, 0], add: 1 });
  const { ended } = await built(project);
  expect(ended.code).toBe(1);
  expect(existsSync(folder)).toBe(false);
  expect(existsSync(`${folder}.previous/manifest.json`)).toBe(true);
});

test("verify finds a changed, a missing and a stranger's file", async () => {
  const [project] = await fakeDigits();
  await built(project);
  const folder = join(project.path, "dist/digits/cpu-x64-native");
  appendFileSync(join(folder, "load.py"), "#");
  writeFileSync(join(folder, "extra.txt"), "");
  const verified = await project.run("verify", folder, "--json");
  expect(verified.code).toBe(1);
  const { problems } = JSON.parse(verified.stdout) as { problems: { code: string }[] };
  expect(problems.map((problem) => problem.code).sort()).toEqual(["changed-file", "extra-file"]);
  // The next build mends it.
  await built(project);
  expect((await project.run("verify", folder)).code).toBe(0);
});
