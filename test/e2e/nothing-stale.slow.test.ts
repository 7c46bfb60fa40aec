import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeDigits } from "../rig/digits-build.ts";
import type { FakeToolchain } from "../rig/fake-toolchain.ts";
import { type Project, reportOf } from "../rig/project.ts";

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

test("a changed metric script scores anew", async () => {
  const [project] = await fakeDigits({ accept: METRIC });
  const first = await built(project);
  expect(first.report.targets[0]?.candidates[0]?.agreement?.metric).toMatchObject({ verdict: "kept" });
  writeFileSync(join(project.path, "digits/metric.py"), "def score(outputs, reference, labels, context):\n    return 0.25\n");
  const second = await built(project);
  expect(second.report.targets[0]?.candidates[0]?.agreement?.metric).toMatchObject({ reference: 0.25, candidate: 0.25 });
});
