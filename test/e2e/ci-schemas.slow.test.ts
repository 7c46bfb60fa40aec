import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { junitOfReports } from "../../src/report/junit.ts";
import { sarifText } from "../../src/report/sarif.ts";
import * as accepted from "../fixtures/report/all-accepted.ts";
import * as interrupted from "../fixtures/report/interrupted.ts";
import * as failures from "../fixtures/report/mixed-failures.ts";
import * as rejected from "../fixtures/report/rejected-outputs.ts";
import { type CiSchema, faultsBy } from "../rig/ci-schemas.ts";
import { makeProject, writeDigits } from "../rig/project.ts";
import { inRepository } from "../rig/repository.ts";

const TARGETS = "{ cpu-arm64: { toolchains: [tvm], require: compiled }, cpu-x64: { toolchains: [openvino], require: compiled } }";
const reports = [accepted.report, interrupted.report, failures.report, rejected.report];

test.each([
  ["docs/ci/github/fettle.yml", "github-workflow"],
  ["docs/ci/gitlab/gitlab-ci.yml", "gitlab-ci"],
  ["docs/ci/gitlab/fettle-jobs.yml", "gitlab-ci"],
] as const)("%s follows the schema that its system publishes", async (file, schema) => {
  expect(await faultsBy(schema, readFileSync(inRepository(file), "utf8"))).toBe("");
});

test("each checker refuses what does not follow its schema", async () => {
  const wrong: Record<CiSchema, string> = {
    "github-workflow": "on: push\njobs: { build: { steps: [] } }\n",
    "gitlab-ci": "build: { stage: 5, script: {} }\n",
    sarif: JSON.stringify({ version: "2.1.0", runs: [{ results: [] }] }),
    junit: "<testsuites><testsuite name='x' tests='1'><testcase/></testsuite></testsuites>",
  };
  for (const [schema, text] of Object.entries(wrong)) expect(await faultsBy(schema as CiSchema, text), schema).not.toBe("");
});

test("the pipeline that `fettle matrix --format gitlab` prints follows GitLab's schema, with an included file and without", async () => {
  const project = makeProject();
  writeDigits(project, { targets: TARGETS });
  for (const flags of [[], ["--include", ".gitlab/fettle-jobs.yml"]]) {
    const printed = await project.run("matrix", "digits.yaml", "--format", "gitlab", ...flags);
    expect(printed.code).toBe(0);
    expect(await faultsBy("gitlab-ci", printed.stdout)).toBe("");
  }
});

test("SARIF of every kind of report follows the OASIS schema", async () => {
  const text = sarifText({ version: "0.1.0", reports, diagnostics: [], place: () => null });
  expect(await faultsBy("sarif", text)).toBe("");
});

test("JUnit of every kind of report follows the schema of Jenkins' xUnit plug-in", async () => {
  expect(await faultsBy("junit", junitOfReports(reports))).toBe("");
});

test("a refused build leaves both files, which follow their schemas and point at the fault", async () => {
  const project = makeProject();
  writeDigits(project, { targets: TARGETS });
  project.write("digits.yaml", project.read("digits.yaml").replace("accept:", "acept:").replace("cpu-arm64", "cpu-arm46"));
  const built = await project.run("build", "digits.yaml", "--json", "--junit", "out/junit.xml", "--sarif", "out/fettle.sarif");
  expect(built.code).toBe(2);
  const [junit, sarif] = [project.read("out/junit.xml"), project.read("out/fettle.sarif")];
  expect(await faultsBy("junit", junit)).toBe("");
  expect(await faultsBy("sarif", sarif)).toBe("");
  expect(junit).toMatch(/<testsuite name="digits\.yaml" tests="2" failures="0" errors="2"/);
  const [run] = (JSON.parse(sarif) as { runs: { results: { ruleId: string; locations: unknown[] }[] }[] }).runs;
  expect(run?.results.map(({ ruleId }) => ruleId).sort()).toEqual(["unknown-key", "unknown-target"]);
  expect(run?.results[0]?.locations).toMatchObject([
    { physicalLocation: { artifactLocation: { uri: "digits.yaml" }, region: { startLine: expect.any(Number), startColumn: 1 } } },
  ]);
});
