import { cpSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Matrix, MatrixJob } from "../../src/domain/matrix.ts";
import type { MergedReport } from "../../src/domain/merged-report.ts";
import type { RunReport } from "../../src/domain/report.ts";
import { mergedReportSchema } from "../../src/report/merged-schema.ts";
import { faultsBy } from "../rig/ci-schemas.ts";
import type { Ended } from "../rig/cli.ts";
import { digitsStore } from "../rig/digits-build.ts";
import { FakeToolchain } from "../rig/fake-toolchain.ts";
import { copyStore } from "../rig/prepared-home.ts";
import { makeProject, type Project, writeDigits } from "../rig/project.ts";
import { scratchFolder } from "../rig/scratch.ts";

const TWO = "{ cpu-arm64: { toolchains: [fake], require: compiled }, cpu-arm64-cortex-a76: { toolchains: [fake], require: compiled } }";
const THREE = TWO.replace("}, cpu", "}, cpu-x64-native: { toolchains: [fake], require: validated }, cpu");

interface Pipeline {
  /** Where the matrix is printed and the reports are merged. */
  readonly project: Project;
  readonly fake: FakeToolchain;
  readonly matrix: Matrix;
  /** Runs a job as its own process with its own checkout and its own store, and brings what it leaves to `jobs/<id>`. */
  run(job: MatrixJob | undefined, change?: (checkout: Project) => void): Promise<Ended>;
  merge(...flags: string[]): Promise<{ readonly code: number | null; readonly merged: MergedReport }>;
}

async function pipeline(targets: string): Promise<Pipeline> {
  const fake = new FakeToolchain("fake");
  await fake.listen();
  const checkout = (): Project => {
    const home = join(scratchFolder("home"), "store");
    const project = makeProject({ toolchains: [fake], home });
    writeDigits(project, { targets });
    return project;
  };
  const shared = await digitsStore();
  const project = checkout();
  const printed = await project.run("matrix", "digits.yaml");
  project.write("matrix.json", printed.stdout);
  return {
    project,
    fake,
    matrix: JSON.parse(printed.stdout) as Matrix,
    async run(job, change) {
      if (job === undefined) throw new Error("there is no such job");
      const own = checkout();
      copyStore(shared, own.home);
      change?.(own);
      const ended = await own.run(...job.arguments, "--json", "--junit", "junit.xml", "--sarif", "fettle.sarif");
      own.write("report.json", ended.stdout);
      const left = ["report.json", "junit.xml", "fettle.sarif", "dist"].filter((name) => existsSync(join(own.path, name)));
      for (const name of left) cpSync(join(own.path, name), join(project.path, "jobs", job.id, name), { recursive: true });
      return ended;
    },
    async merge(...flags) {
      const ended = await project.run("report", "merge", "jobs", "--matrix", "matrix.json", "--out", "dist", "--json", ...flags);
      const merged = JSON.parse(ended.stdout) as MergedReport;
      if (ended.code !== 2) expect(mergedReportSchema.parse(merged)).toEqual(merged);
      return { code: ended.code, merged };
    },
  };
}

test("the jobs of a matrix, each a process with a store of its own, come to what one build of all targets comes to", async () => {
  const { project, matrix, run, merge } = await pipeline(THREE);
  expect(matrix.jobs.map(({ target }) => target)).toEqual(["cpu-arm64", "cpu-x64-native", "cpu-arm64-cortex-a76"]);
  for (const job of matrix.jobs) expect((await run(job)).code).toBe(0);
  const { code, merged } = await merge("--junit", "junit.xml", "--sarif", "fettle.sarif");
  expect(code).toBe(0);
  const [report] = merged.recipes;
  expect(report?.targets.map(({ target, winner }) => [target, winner?.artifact])).toEqual([
    ["cpu-arm64", "dist/digits/cpu-arm64"],
    ["cpu-x64-native", "dist/digits/cpu-x64-native"],
    ["cpu-arm64-cortex-a76", "dist/digits/cpu-arm64-cortex-a76"],
  ]);
  expect(report?.targets[1]?.seconds["fake/float32"]).toBeGreaterThan(0);

  copyStore(await digitsStore(), project.home);
  // Timing the third target once is enough.
  const arm = ["cpu-arm64", "cpu-arm64-cortex-a76"];
  const whole = await project.run("build", "digits.yaml", ...arm.flatMap((name) => ["--target", name]), "--out", "whole", "--json");
  const digests = (targets: MergedReport["recipes"][number]["targets"] = []) =>
    targets.filter(({ target }) => arm.includes(target)).map(({ target, winner }) => [target, winner?.digest]);
  expect(digests(report?.targets)).toEqual(digests((JSON.parse(whole.stdout) as RunReport).targets));
  for (const job of matrix.jobs) {
    expect((await project.run("verify", `dist/digits/${job.target}`, "--json")).stdout).not.toContain("-file");
  }
  for (const folder of ["", "jobs/digits--cpu-x64-native/"]) {
    expect(await faultsBy("junit", project.read(`${folder}junit.xml`))).toBe("");
    expect(await faultsBy("sarif", project.read(`${folder}fettle.sarif`))).toBe("");
  }
});

test("a job that never ran, one whose candidate failed, and an artifact that was changed on the way: each is its own failure", async () => {
  const { project, fake, matrix, run, merge } = await pipeline(TWO);
  const [first, second] = matrix.jobs;
  await run(first);
  const missing = await merge();
  expect(missing.code).toBe(3);
  expect(missing.merged.recipes[0]?.targets.map(({ status, reason }) => [status, reason?.code])).toEqual([
    ["accepted", undefined],
    ["failed", "report-missing"],
  ]);

  fake.always("compile", { do: "fail", code: "unsupported-operator", message: "There is no LSTM." });
  expect((await run(second)).code).toBe(3);
  const failed = await merge("--junit", "junit.xml", "--sarif", "fettle.sarif");
  expect(failed.code).toBe(3);
  expect(failed.merged.recipes[0]?.targets[1]?.reason?.code).toBe("all-failed");
  expect(project.read("junit.xml")).toContain(`<error type="unsupported-operator" message="There is no LSTM.">`);
  const [{ results }] = JSON.parse(project.read("fettle.sarif")).runs;
  const line =
    project
      .read("digits.yaml")
      .split("\n")
      .findIndex((text) => text.startsWith("targets:")) + 1;
  expect(results).toMatchObject([
    { ruleId: "all-failed", locations: [{ physicalLocation: { artifactLocation: { uri: "digits.yaml" }, region: { startLine: line } } }] },
  ]);

  writeFileSync(join(project.path, "jobs/digits--cpu-arm64/dist/digits/cpu-arm64/made.txt"), "mad");
  const changed = await merge();
  expect(changed.merged.recipes[0]?.targets[0]?.reason?.code).toBe("artifact-damaged");
});

test("a job of another commit, and a second run with another artifact, are refused as a whole", async () => {
  const { project, fake, matrix, run, merge } = await pipeline(TWO);
  const [first, second] = matrix.jobs;
  await run(first);
  await run(second, (checkout) => checkout.write("digits/data.py", `${checkout.read("digits/data.py")}\n# another commit\n`));
  expect(await merge()).toMatchObject({ code: 2, merged: { ok: false, diagnostics: [{ code: "report-differs" }] } });

  await run(second);
  expect((await merge()).code).toBe(0);
  fake.always("compile", { do: "succeed", text: "made otherwise" });
  cpSync(join(project.path, "jobs/digits--cpu-arm64"), join(project.path, "jobs/first-run"), { recursive: true });
  await run(first);
  expect(await merge()).toMatchObject({ code: 2, merged: { ok: false, diagnostics: [{ code: "report-conflict" }] } });
  rmSync(join(project.path, "jobs/first-run"), { recursive: true });
  expect((await merge()).code).toBe(0);
});
