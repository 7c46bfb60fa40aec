import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Matrix } from "../../src/domain/matrix.ts";
import type { MergedReport } from "../../src/domain/merged-report.ts";
import { runReportSchema } from "../../src/report/report-schema.ts";
import { faultsBy } from "../rig/ci-schemas.ts";
import type { Ended } from "../rig/cli.ts";
import { fakeDigits } from "../rig/digits-build.ts";
import { fakePluginVariables } from "../rig/fake-toolchain.ts";
import { type Project, reportOf } from "../rig/project.ts";

const ARM = "cpu-arm64: { toolchains: [fake], require: compiled }";
const COMPILED = "require: compiled, optional: true";
/** One that nothing here describes, and one whose toolchain nobody brings an image for. */
const OPTIONAL = `phone-npu: { toolchains: [forge], ${COMPILED} }, ipu-mk2: { toolchains: [poplar], ${COMPILED} }`;
const TARGETS = `{ ${ARM}, ${OPTIONAL} }`;

function statuses(built: Ended): Record<string, string> {
  return Object.fromEntries(reportOf(built).targets.map((each) => [each.target, each.status]));
}

test("what this machine cannot build for is unavailable in words, the others go on, and the build is a success", async () => {
  const [project, fake] = await fakeDigits({ targets: TARGETS });
  project.write("dist/digits/phone-npu/manifest.json", "{}");
  const flags = ["--fail-fast", "--executor", "sandbox", "--junit", "junit.xml", "--sarif", "fettle.sarif"];
  const built = await project.run("build", "digits.yaml", "--json", ...flags);
  expect(built.code).toBe(0);
  const report = runReportSchema.parse(JSON.parse(built.stdout));
  expect(report.status).toBe("ok");
  expect(statuses(built)).toEqual({ "cpu-arm64": "accepted", "phone-npu": "unavailable", "ipu-mk2": "unavailable" });
  const [arm, phone, ipu] = report.targets;
  expect(arm).not.toHaveProperty("optional");
  expect(phone).toMatchObject({ optional: true, proof: null, winner: null, candidates: [], reason: { code: "not-installed" } });
  expect(phone?.reason?.message).toBe(
    "no package installed here brings the target `phone-npu` and the toolchain `forge`: `fettle plugins install PACKAGE` adds one that does",
  );
  expect(ipu).toMatchObject({ optional: true, proof: null, winner: null, reason: { code: "no-environment" } });
  expect(ipu?.reason?.message).toContain("poplar: NAME@sha256:DIGEST");
  // An artifact of an earlier build is not to be taken for one of this build.
  expect(readdirSync(join(project.path, "dist/digits")).sort()).toEqual(["cpu-arm64", "phone-npu.previous"]);
  expect(fake?.count("compile")).toBe(1);

  const junit = project.read("junit.xml");
  expect(await faultsBy("junit", junit)).toBe("");
  expect(junit).toMatch(/<testsuites name="fettle" tests="\d+" failures="0" errors="0"/);
  expect(junit).toContain('<skipped type="not-installed" message="unavailable, and optional: no package installed here brings');
  const sarif = JSON.parse(project.read("fettle.sarif")) as { runs: { results: { ruleId: string; level: string }[] }[] };
  const levels = sarif.runs[0]?.results.map(({ ruleId, level }) => `${level} ${ruleId}`).sort();
  expect(levels).toEqual(["warning no-environment", "warning not-installed", "warning unknown-target", "warning unknown-toolchain"]);
});

test("people are told before the build, at the end, and in a plan", async () => {
  const [project] = await fakeDigits({ targets: TARGETS });
  const built = await project.run("build", "digits.yaml", "--executor", "sandbox");
  expect(built.stderr).toContain("warning[unknown-target] no package installed here brings the target `phone-npu`");
  expect(built.stdout).toContain("phone-npu  ? unavailable  compiled required, optional");
  expect(built.stdout).toContain("optional, unavailable here and so not built: phone-npu, ipu-mk2");
  expect(built.stdout).not.toContain("Failures");
  const planned = await project.run("plan", "digits.yaml");
  expect(planned.stdout).toMatch(/phone-npu\n +. unavailable here, and optional: no package installed here brings/);
  const alone = await project.run("build", "digits.yaml", "--target", "phone-npu");
  expect(alone).toMatchObject({ code: 0, stdout: expect.stringContaining("ok: no target that was asked for is required") });
});

test("an optional target that was built and rejected, or whose compiler failed, fails the build all the same", async () => {
  const targets = `{ ${ARM}, cpu-x64-native: { toolchains: [fake], require: validated, optional: true } }`;
  const [project, fake] = await fakeDigits({ targets });
  fake?.always("compile", { do: "fail", code: "toolchain-error", message: "It broke." });
  const failed = await project.run("build", "digits.yaml", "--target", "cpu-x64-native", "--json");
  expect(failed.code).toBe(3);
  fake?.always("compile", { do: "succeed" });
  fake?.always("infer", { do: "bend", sample: 0, index: [0], add: 1 });
  const rejected = await project.run("build", "digits.yaml", "--json");
  expect(rejected.code).toBe(1);
  expect(statuses(rejected)).toEqual({ "cpu-arm64": "accepted", "cpu-x64-native": "rejected" });
});

test("no job is planned for what nothing describes, unless its runner is named; merged, one machine that can outweighs others that cannot", async () => {
  const [project, fake] = await fakeDigits({
    targets: `{ ${ARM}, cpu-arm64-cortex-a76: { toolchains: [forge], ${COMPILED} }, ${OPTIONAL} }`,
  });
  const matrix = JSON.parse((await project.run("matrix", "digits.yaml")).stdout) as Matrix;
  expect(matrix.jobs.map(({ target, optional = false }) => [target, optional])).toEqual([
    ["cpu-arm64", false],
    ["cpu-arm64-cortex-a76", true],
    ["ipu-mk2", true],
  ]);
  expect(matrix.unavailable).toMatchObject([{ recipe: "digits", target: "phone-npu", why: expect.stringContaining("`phone-npu`") }]);
  const named = JSON.parse((await project.run("matrix", "digits.yaml", "--runner", "phone-npu=phone-host")).stdout) as Matrix;
  expect(named.jobs.at(2)).toMatchObject({ target: "phone-npu", runner: ["phone-host"], optional: true });

  const without = await project.run("build", "digits.yaml", "--json", "--executor", "sandbox");
  project.write("jobs/without/report.json", without.stdout);
  const merge = async () => {
    const ended = await project.run("report", "merge", "jobs", "--expect", "digits.yaml", "--json");
    const merged = JSON.parse(ended.stdout) as MergedReport;
    return { code: ended.code, statuses: merged.recipes[0]?.targets.map(({ target, status }) => `${target} ${status}`) };
  };
  const unavailable = ["ipu-mk2 unavailable", "phone-npu unavailable"];
  expect(await merge()).toEqual({ code: 0, statuses: ["cpu-arm64 accepted", "cpu-arm64-cortex-a76 unavailable", ...unavailable] });
  const forge = { name: "forge", directory: fake?.directory ?? "", precisions: ["float32"] };
  const both = JSON.parse(fakePluginVariables(fake === undefined ? [] : [fake]).FETTLE_FAKE_TOOLCHAINS ?? "[]") as object[];
  project.variables.FETTLE_FAKE_TOOLCHAINS = JSON.stringify([...both, forge]);
  const job = await project.run("build", "digits.yaml", "--json", "--target", "cpu-arm64-cortex-a76", "--out", "jobs/with/dist");
  expect(job.code).toBe(0);
  project.write("jobs/with/report.json", job.stdout);
  expect(await merge()).toEqual({ code: 0, statuses: ["cpu-arm64 accepted", "cpu-arm64-cortex-a76 accepted", ...unavailable] });
});

test("a lock written where the toolchain is installed holds where it is not, and is not written anew there", async () => {
  const [project] = await fakeDigits({
    targets: `{ ${ARM.replace("fake", "tvm")}, cpu-arm64-cortex-a76: { toolchains: [fake], ${COMPILED} } }`,
  });
  const locked = async (own: Project) => (await own.run("lock", "digits.yaml")).stdout;
  expect(await locked(project)).toContain("written");
  const text = project.read("fettle.lock");
  const installed = project.variables.FETTLE_FAKE_TOOLCHAINS ?? "";
  project.variables.FETTLE_FAKE_TOOLCHAINS = "[]";
  expect(await locked(project)).toContain("unchanged");
  expect((await project.run("lock", "digits.yaml", "--check")).code).toBe(0);
  expect((await project.run("plan", "digits.yaml", "--locked")).code).toBe(0);
  expect(project.read("fettle.lock")).toBe(text);
  // Written where it is not installed, it does not vouch for one that is.
  const [bare] = await fakeDigits({
    targets: `{ ${ARM.replace("fake", "tvm")}, cpu-arm64-cortex-a76: { toolchains: [fake], ${COMPILED} } }`,
  });
  bare.variables.FETTLE_FAKE_TOOLCHAINS = "[]";
  await locked(bare);
  bare.variables.FETTLE_FAKE_TOOLCHAINS = installed;
  const held = await bare.run("plan", "digits.yaml", "--locked");
  expect(held).toMatchObject({ code: 2, stderr: expect.stringContaining("the toolchain fake is not in the lock") });
});
