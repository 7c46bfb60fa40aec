import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeProject, type Project, writeDigits, writeDigitsRecipe } from "../rig/project.ts";

const TVM = { targets: "{ cpu-arm64: { toolchains: [tvm], require: compiled } }" };
const BOTH = { targets: "{ cpu-arm64: { toolchains: [tvm], require: compiled }, cpu-x64: { toolchains: [openvino], require: compiled } }" };

/** A project with the digits and a lock for them. */
async function lockedProject(recipe = TVM): Promise<Project> {
  const project = makeProject();
  writeDigits(project, recipe);
  const locked = await project.run("lock", "digits.yaml");
  expect(locked).toMatchObject({ code: 0, stdout: "✔ fettle.lock written for digits.yaml\n", stderr: "" });
  return project;
}

/** What a locked plan is refused for, each as the first line of its diagnostic without the place. */
async function refusals(project: Project, ...flags: string[]): Promise<string[]> {
  const planned = await project.run("plan", "digits.yaml", "--locked", "--json", ...flags);
  if (planned.code === 0) return [];
  expect(planned.code).toBe(2);
  const { diagnostics } = JSON.parse(planned.stdout) as { diagnostics: { code: string; message: string; file: string; hint: string }[] };
  for (const { hint } of diagnostics) expect(hint).toContain("fettle lock digits.yaml");
  return diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

const edit = (project: Project, file: string, from: string | RegExp, to: string) => {
  const text = project.read(file);
  expect(text).toMatch(from);
  project.write(file, text.replace(from, to));
};

test("the same inputs give the same bytes, in another folder of another user, with nothing of either in them", async () => {
  const [first, second] = await Promise.all([lockedProject(), lockedProject()]);
  const text = first?.read("fettle.lock") ?? "";
  expect(second?.read("fettle.lock")).toBe(text);
  expect(text).not.toContain(first?.path ?? "");
  expect(text).not.toContain(process.env.HOME);
  expect(text).not.toMatch(/\d{2}:\d{2}:\d{2}|20\d\d-\d\d-\d\d/);
  const again = await first?.run("lock", "digits.yaml");
  expect(again?.stdout).toBe("✔ fettle.lock unchanged for digits.yaml\n");
  expect(await first?.run("lock", "digits.yaml", "--check")).toMatchObject({
    code: 0,
    stdout: "✔ fettle.lock up to date for digits.yaml\n",
  });
});

test("what is locked is what a build may use; comments, limits and options are the recipe's own", async () => {
  const project = await lockedProject();
  expect(await refusals(project)).toEqual([]);
  writeDigitsRecipe(project, { ...TVM, accept: "{ outputs: { atol: 0.5, rtol: 0.1 }, latency: { p99: 60 ms } }", validation: 8 });
  project.write("digits.yaml", `# another comment\n${project.read("digits.yaml")}`);
  expect(await refusals(project)).toEqual([]);
});

test("a build is refused too, before anything is made", async () => {
  const project = await lockedProject();
  project.write("digits/data.py", `${project.read("digits/data.py")}\n# changed\n`);
  const built = await project.run("build", "digits.yaml", "--locked");
  expect(built).toMatchObject({ code: 2, stdout: "" });
  expect(built.stderr).toMatch(/fettle\.lock:\d+:\d+ error\[lock-differs\] the data file or script data\.py is not what the lock has/);
  expect(JSON.parse((await project.run("store", "stat", "--json")).stdout)).toMatchObject({ actions: 0 });
});

test("FETTLE_LOCKED holds every build of a CI job to the lock", async () => {
  const project = await lockedProject();
  project.variables.FETTLE_LOCKED = "true";
  rmSync(join(project.path, "fettle.lock"));
  const planned = await project.run("plan", "digits.yaml");
  expect(planned).toMatchObject({ code: 2, stderr: expect.stringContaining("error[lock-not-found] there is no lock file fettle.lock") });
});

test("everything that is not as it was is told, thing by thing", async () => {
  const project = await lockedProject();
  edit(project, "fettle.lock", /^fettle: .*$/m, "fettle: 0.0.1");
  edit(project, "fettle.lock", /^ {2}tvm: \d.*$/m, "  tvm: 0.1.0");
  edit(project, "fettle.lock", /(\n {2}tvm:\n {4}platforms:(?:\n.*){3}\n {4}python: .*\n {4}requirements: sha256:).{4}/, "$1ffff");
  project.write("digits/new.json", "{}");
  const said = await refusals(project);
  expect(said).toEqual([
    expect.stringMatching(/^lock-differs: Fettle is not what the lock has: \S+ here, locked 0\.0\.1$/),
    "lock-differs: the data file or script new.json is not in the lock",
    expect.stringMatching(/^lock-differs: the list of packages of the environment tvm is not what the lock has/),
    expect.stringMatching(/^lock-differs: the toolchain tvm is not what the lock has: .* here, locked 0\.1\.0$/),
  ]);
});

test("a target more is not in the lock; a target less, or one of two, is no fault of a build", async () => {
  const project = await lockedProject();
  writeDigitsRecipe(project, BOTH);
  expect(await refusals(project)).toEqual([
    "lock-differs: the list of packages of the environment openvino is not in the lock",
    "lock-differs: the toolchain openvino is not in the lock",
    "lock-differs: the source of the worker openvino is not in the lock",
    "lock-differs: what the file of the target cpu-x64 says is not in the lock",
  ]);
  expect(await refusals(project, "--target", "cpu-arm64")).toEqual([]);
  await project.run("lock", "digits.yaml");
  expect(await refusals(project)).toEqual([]);
  writeDigitsRecipe(project, TVM);
  expect(await refusals(project)).toEqual([]);
  const checked = await project.run("lock", "digits.yaml", "--check");
  expect(checked).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("the toolchain openvino is in the lock, and nothing uses it any more"),
  });
});

test("a target file of the project's own is held to, its title and comments are not", async () => {
  const project = makeProject();
  writeDigits(project, { targets: "{ board: { toolchains: [tvm], require: compiled } }" });
  const target = (title: string, cpu: string) => `target: 1\ntitle: ${title}\narchitecture: aarch64\ncpu: ${cpu}\nfeatures: [asimd]\n`;
  project.write("targets/board.yaml", target("A board", "cortex-a76"));
  expect(await project.run("lock", "digits.yaml")).toMatchObject({ code: 0 });
  project.write("targets/board.yaml", `# ours\n${target("Our board", "cortex-a76")}`);
  expect(await refusals(project)).toEqual([]);
  project.write("targets/board.yaml", target("Our board", "cortex-a72"));
  expect(await refusals(project)).toEqual([expect.stringContaining("what the file of the target board says is not what the lock has")]);
});

test("a recipe's own requirements are locked by their place beside it", async () => {
  const project = makeProject();
  writeDigits(project, TVM);
  const requirements = "numpy==2.0.0 --hash=sha256:0000000000000000000000000000000000000000000000000000000000000000\n";
  project.write("digits/own.lock", requirements);
  edit(project, "digits.yaml", "script: digits/data.py", "script: digits/data.py\n  requirements: digits/own.lock");
  expect(await project.run("lock", "digits.yaml")).toMatchObject({ code: 0 });
  expect(project.read("fettle.lock")).toContain("\n  ./digits/own.lock:\n");
  project.write("digits/own.lock", `# requires-python: >=3.11,<3.13\n${requirements}`);
  expect(await refusals(project)).toEqual([
    expect.stringContaining("the list of packages of the environment ./digits/own.lock is not what the lock has"),
  ]);
});

test("a lock of another machine: another patch and another platform pass with a warning, another minor version does not", async () => {
  const project = await lockedProject();
  const text = project.read("fettle.lock");
  const withPython = (version: string) => project.write("fettle.lock", text.replaceAll(/python: 3\.\d+\.\d+/g, `python: ${version}`));
  const minor = /python: (3\.\d+)\./.exec(text)?.[1];
  withPython(`${minor}.99`);
  const patch = await project.run("plan", "digits.yaml", "--locked");
  expect(patch).toMatchObject({
    code: 0,
    stderr: expect.stringContaining(`the lock was written with ${minor}.99: the packages are the same`),
  });
  expect(await project.run("lock", "digits.yaml")).toMatchObject({ code: 0, stdout: "✔ fettle.lock unchanged for digits.yaml\n" });
  withPython("3.10.1");
  expect(await refusals(project)).toEqual([
    expect.stringMatching(/the Python of the environments .* is not what the lock has: .* here, locked 3\.10\.1/),
  ]);
  project.write("fettle.lock", text.replaceAll(/linux-\w+:/g, "linux-riscv64:"));
  const platform = await project.run("plan", "digits.yaml", "--locked");
  expect(platform).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("warning[lock-partial] the lock has nothing of linux-"),
  });
  expect(await project.run("lock", "digits.yaml", "--check")).toMatchObject({ code: 0 });
  await project.run("lock", "digits.yaml");
  expect(project.read("fettle.lock").match(/linux-riscv64:/g)).toHaveLength(text.match(/linux-\w+:/g)?.length ?? 0);
  expect(project.read("fettle.lock").match(/linux-(?:x86_64|aarch64):/g)).toHaveLength(text.match(/linux-\w+:/g)?.length ?? 0);
});

test("recipes of one folder share a lock; one that was renamed leaves it", async () => {
  const project = await lockedProject();
  project.write("other.yaml", project.read("digits.yaml").replace("name: digits", "name: other"));
  expect(await project.run("plan", "other.yaml", "--locked")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("the recipe other.yaml is not in the lock"),
  });
  expect(await project.run("lock", "other.yaml")).toMatchObject({ code: 0 });
  expect(await refusals(project)).toEqual([]);
  expect(await project.run("lock", "digits.yaml", "other.yaml", "--check")).toMatchObject({ code: 0 });
  renameSync(join(project.path, "other.yaml"), join(project.path, "third.yaml"));
  expect(await project.run("lock", "digits.yaml", "--check")).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("the recipe other.yaml is in the lock"),
  });
  await project.run("lock", "digits.yaml", "third.yaml");
  expect(project.read("fettle.lock")).not.toContain("other.yaml");
});

test("one lock for several folders, by --out and --lock-file", async () => {
  const project = makeProject();
  writeDigits(project, TVM);
  project.write("sub/again.yaml", project.read("digits.yaml").replaceAll("digits/", "../digits/").replace("name: digits", "name: again"));
  expect(await project.run("lock", "digits.yaml", "sub/again.yaml", "--out", "all.lock")).toMatchObject({ code: 0 });
  expect(project.read("all.lock")).toContain("\n  sub/again.yaml:\n");
  expect(await project.run("plan", "sub/again.yaml", "--locked", "--lock-file", "all.lock")).toMatchObject({ code: 0 });
  expect(await project.run("plan", "sub/again.yaml", "--locked")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("there is no lock file sub/fettle.lock"),
  });
  expect(await project.run("plan", "sub/again.yaml", "--lock-file", "all.lock")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("locked"),
  });
});

test("a damaged lock is an error with its place to a build, and written anew by lock", async () => {
  const project = await lockedProject();
  edit(project, "fettle.lock", /^toolchains:/m, "<<<<<<< ours\ntoolchains:");
  const planned = await project.run("plan", "digits.yaml", "--locked");
  expect(planned).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/fettle\.lock:\d+:1 error\[lock-invalid\] a merge left both versions/),
  });
  const locked = await project.run("lock", "digits.yaml");
  expect(locked).toMatchObject({ code: 0, stderr: expect.stringContaining("warning[lock-invalid]") });
  expect(await refusals(project)).toEqual([]);
});

test("a lock of a newer Fettle is left alone", async () => {
  const project = await lockedProject();
  edit(project, "fettle.lock", /^lock: 1$/m, "lock: 2");
  const before = project.read("fettle.lock");
  for (const args of [
    ["plan", "digits.yaml", "--locked"],
    ["lock", "digits.yaml"],
    ["lock", "digits.yaml", "--check"],
  ]) {
    expect(await project.run(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining("fettle.lock:4:7 error[lock-version]") });
  }
  expect(project.read("fettle.lock")).toBe(before);
});

test("--check without a lock exits with 1; a lock that cannot be written is told", async () => {
  const project = makeProject();
  writeDigits(project, TVM);
  expect(await project.run("lock", "digits.yaml", "--check")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("error[lock-not-found]"),
  });
  const nowhere = await project.run("lock", "digits.yaml", "--out", "no/such/folder/fettle.lock");
  expect(nowhere).toMatchObject({ code: 3, stderr: expect.stringContaining("cannot be written: ENOENT") });
  expect(await project.run("lock", "nothing.yaml")).toMatchObject({ code: 2, stderr: expect.stringContaining("error[recipe-not-found]") });
});

test("the document for programs holds the lock and each difference", async () => {
  const project = await lockedProject();
  edit(project, "fettle.lock", /^fettle: .*$/m, "fettle: 0.0.1");
  const { code, stdout } = await project.run("lock", "digits.yaml", "--check", "--json");
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    schema: "fettle.lock-outcome/1",
    ok: false,
    locks: [
      {
        file: "fettle.lock",
        recipes: ["digits.yaml"],
        state: "out of date",
        differences: [{ path: "fettle", locked: "0.0.1" }],
        lock: { lock: 1 },
      },
    ],
  });
  expect(readFileSync(join(project.path, "fettle.lock"), "utf8")).toContain("fettle: 0.0.1");
});

test("a lock checked out with other line ends is the same lock", async () => {
  const project = await lockedProject();
  writeFileSync(join(project.path, "fettle.lock"), project.read("fettle.lock").replaceAll("\n", "\r\n"));
  expect(await refusals(project)).toEqual([]);
  expect(await project.run("lock", "digits.yaml", "--check")).toMatchObject({ code: 0 });
});
