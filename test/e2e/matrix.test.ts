import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Matrix } from "../../src/domain/matrix.ts";
import { makeProject, type Project, writeDigits } from "../rig/project.ts";

const TARGETS = "{ cpu-arm64: { toolchains: [tvm], require: compiled }, board: { toolchains: [tvm], require: compiled } }";

function digits(): Project {
  const project = makeProject();
  project.write(
    "targets/board.yaml",
    "target: 1\ntitle: B\narchitecture: aarch64\ncpu: cortex-a76\nfeatures: [asimd]\nrunner: [self-hosted, board]\n",
  );
  writeDigits(project, { targets: TARGETS });
  return project;
}

async function jobsOf(project: Project, ...args: string[]): Promise<Matrix["jobs"]> {
  const printed = await project.run("matrix", "digits.yaml", ...args);
  expect(printed).toMatchObject({ code: 0, stderr: "" });
  return (JSON.parse(printed.stdout) as Matrix).jobs;
}

test("a job for each target, on the runner its file names or the command line gives", async () => {
  const project = digits();
  expect((await jobsOf(project)).map(({ id, runner }) => [id, runner])).toEqual([
    ["digits--cpu-arm64", ["self-hosted", "linux", "x64"]],
    ["digits--board", ["self-hosted", "board"]],
  ]);
  const [, board] = await jobsOf(project, "--runner", "board=ubuntu-24.04-arm");
  expect(board?.runner).toEqual(["ubuntu-24.04-arm"]);
});

test("what stands for a recipe is the same in another folder, and another when anything it says or reads changes, comments apart", async () => {
  const [project, other] = [digits(), digits()];
  const digestOf = async (from: Project) => (await jobsOf(from))[0]?.source.digest;
  const first = await digestOf(project);
  expect(await digestOf(other)).toBe(first);
  project.write("digits.yaml", `# a comment\n${project.read("digits.yaml")}`);
  project.write(
    "targets/board.yaml",
    project.read("targets/board.yaml").replace("[self-hosted, board]", "[another]").replace("title: B", "title: C"),
  );
  expect(await digestOf(project)).toBe(first);
  const changes: (() => void)[] = [
    () => project.write("digits/data.py", `${project.read("digits/data.py")}\n`),
    () => project.write("targets/board.yaml", project.read("targets/board.yaml").replace("a76", "a72")),
    () => project.write("digits.yaml", project.read("digits.yaml").replace("validation: 16", "validation: 17")),
  ];
  const seen = new Set([first]);
  for (const change of changes) {
    change();
    seen.add(await digestOf(project));
  }
  expect(seen.size).toBe(changes.length + 1);
});

test.each(["github", "gitlab", "json"])(
  "a broken recipe among others: every fault, exit code 2, nothing on standard output: %s",
  async (format) => {
    const project = digits();
    project.write("broken.yaml", project.read("digits.yaml").replace("accept:", "acept:"));
    const printed = await project.run("matrix", "digits.yaml", "broken.yaml", "missing.yaml", "--format", format);
    expect(printed).toMatchObject({ code: 2, stdout: "" });
    expect(printed.stderr).toMatch(/broken\.yaml:\d+:1 error\[unknown-key\]/);
    expect(printed.stderr).toContain("error[recipe-not-found] there is no file missing.yaml");
  },
);

test("two recipes of one name are told apart by nobody; one recipe given twice is one", async () => {
  const project = digits();
  project.write("copy.yaml", project.read("digits.yaml"));
  const printed = await project.run("matrix", "digits.yaml", "copy.yaml");
  expect(printed).toMatchObject({ code: 2, stdout: "" });
  expect(printed.stderr).toMatch(/copy\.yaml:2:7 error\[recipe-name-taken\] another recipe is called `digits` too: digits\.yaml/);
  expect(await jobsOf(project, "./digits.yaml")).toHaveLength(2);
});

test.each([
  [["--runner", "cpu-x64=a"], "which no recipe here has"],
  [["--runner", "cpu-arm64"], "cpu-x64=self-hosted,linux"],
  [["--runner", "cpu-arm64=$(reboot)"], "labels"],
  [["--by", "toolchain", "--format", "github"], "timed on one machine"],
  [["--include", "x.yml"], "--format gitlab"],
  [["--format", "jenkins"], "github"],
])("a command line that is wrong: %j", async (flags, said) => {
  const printed = await digits().run("matrix", "digits.yaml", ...flags);
  expect(printed).toMatchObject({ code: 2, stdout: "" });
  expect(printed.stderr.replaceAll(/\s+›?\s*/g, " ")).toContain(said);
});

test("a matrix that is none, a recipe that is wrong and a folder without reports: exit code 2, in text, JSON, JUnit and SARIF", async () => {
  const project = digits();
  project.write("jobs/x.txt", "");
  project.write("matrix.json", "{}");
  const merge = (...flags: string[]) => project.run("report", "merge", "jobs", ...flags);
  expect(await merge()).toMatchObject({ code: 2, stderr: expect.stringContaining("error[report-not-found]") });
  expect(await merge("--matrix", "matrix.json")).toMatchObject({ code: 2, stderr: expect.stringContaining("error[matrix-unreadable]") });
  expect(await merge("--expect", "missing.yaml")).toMatchObject({ code: 2, stderr: expect.stringContaining("error[recipe-not-found]") });
  expect((await merge("--expect", "digits.yaml", "--matrix", "matrix.json")).code).toBe(2);
  const told = await merge("--json", "--junit", "out/j.xml", "--sarif", "out/s.sarif");
  expect(JSON.parse(told.stdout)).toMatchObject({ ok: false, diagnostics: [{ code: "report-not-found" }] });
  expect(project.read("out/j.xml")).toContain(`type="report-not-found"`);
  expect(JSON.parse(project.read("out/s.sarif"))).toMatchObject({ runs: [{ results: [{ ruleId: "report-not-found" }] }] });
});

test("a file for a CI system that cannot be written is told before anything is built", async () => {
  const project = digits();
  project.write("file", "");
  const built = await project.run("build", "digits.yaml", "--junit", "file/junit.xml");
  expect(built).toMatchObject({ code: 3, stdout: "" });
  expect(built.stderr).toContain("file/junit.xml cannot be written");
  expect(existsSync(join(project.path, "dist"))).toBe(false);
});
