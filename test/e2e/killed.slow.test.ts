import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { BuildEvent } from "../../src/domain/event.ts";
import { fakeDigits } from "../rig/digits-build.ts";
import type { FakeToolchain } from "../rig/fake-toolchain.ts";
import { linkEnvironments, prepareEnvironments } from "../rig/prepared-home.ts";
import { processesNaming } from "../rig/processes.ts";
import { type Project, reportOf } from "../rig/project.ts";

const ARM = { targets: "{ cpu-arm64: { toolchains: [fake], require: compiled } }" };

async function expectRight(project: Project): Promise<void> {
  const built = await project.run("build", "digits.yaml", "--json");
  expect(built.code).toBe(0);
  expect(reportOf(built)).toMatchObject({ status: "ok", steps: { failed: 0, skipped: 0 } });
  const [target = ""] = readdirSync(join(project.path, "dist/digits"));
  const verified = await project.run("verify", join("dist/digits", target), "--json");
  expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, problems: [] });
  expect((await project.run("store", "verify")).code).toBe(0);
  expect(readdirSync(join(project.path, "dist/digits"))).toEqual([target]);
  expect(readdirSync(join(project.home, "work"))).toEqual([]);
}

const POINTS: readonly [BuildEvent["type"], string][] = [
  ["build-started", ""],
  ["step-started", "fetch model"],
  ["step-finished", "fetch model"],
  ["step-started", "prepare model"],
  ["step-finished", "prepare model"],
  ["step-started", "data model"],
  ["step-finished", "reference model"],
  ["step-started", "compile cpu-arm64 fake/float32"],
  ["step-finished", "compile cpu-arm64 fake/float32"],
];

test.each(POINTS)("kill -9 of the tool at %s %s: no process is left, and the next run is right", async (type, step) => {
  const [project] = await fakeDigits(ARM);
  // Another hash of the model, so that nothing of it is in the store yet.
  const home = emptyHome(project);
  linkEnvironments(home, await prepareEnvironments(["onnx", "onnxruntime", "scripts"]));
  const running = project.start("build", "digits.yaml");
  await running.event(type, step === "" ? undefined : step);
  running.kill("SIGKILL");
  expect((await running.ended).signal).toBe("SIGKILL");
  await expect.poll(() => processesNaming(home), { timeout: 20_000 }).toEqual([]);
  await expectRight(project);
});

function emptyHome(project: Project): string {
  project.variables.FETTLE_HOME = join(project.home, "empty");
  Object.assign(project, { home: project.variables.FETTLE_HOME });
  return project.home;
}

async function heldBuild(verb: "compile" | "infer" | "measure", ...flags: string[]) {
  const [project, fake] = await fakeDigits(verb === "compile" ? ARM : {});
  const called = (fake as FakeToolchain).next(verb);
  const running = project.start("build", "digits.yaml", "--json", ...flags);
  return { project, fake: fake as FakeToolchain, running, call: await called };
}

test.each(["compile", "infer", "measure"] as const)("kill -9 of the tool while a worker does `%s` ends the worker too", async (verb) => {
  const { project, fake, running, call } = await heldBuild(verb);
  running.kill("SIGKILL");
  await running.ended;
  await call.gone;
  if (verb === "measure") return;
  const before = fake.count("compile");
  if (verb === "infer") fake.always("infer", { do: "reshape" });
  const again = await project.run("build", "digits.yaml", "--json");
  expect(again.code).toBe(verb === "infer" ? 1 : 0);
  // What was done before the kill is kept; the step it was in is done again.
  expect(fake.count("compile") - before).toBe(verb === "compile" ? 1 : 0);
});

test("kill -9 of a worker fails its step, says so, and the next run is right", async () => {
  const { project, running, call } = await heldBuild("compile", "--isolation", "process");
  process.kill(call.pid, "SIGKILL");
  const ended = await running.ended;
  expect(ended.code).toBe(3);
  expect(reportOf(ended).targets[0]?.candidates[0]?.failure).toMatchObject({
    reason: "crashed",
    message: "It crashed with SIGKILL (someone killed it).",
  });
  await expectRight(project);
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s stops everything in order: exit code 130, no process, nothing half-written",
  async (signal) => {
    const { project, running, call } = await heldBuild("compile");
    running.kill(signal);
    const ended = await running.ended;
    await call.gone;
    expect([ended.code, ended.signal]).toEqual([130, null]);
    expect(reportOf(ended)).toMatchObject({ status: "interrupted", targets: [{ status: "failed", winner: null }] });
    expect(processesNaming(project.home)).toEqual([]);
    expect(existsSync(join(project.path, "dist"))).toBe(false);
    expect(readdirSync(join(project.home, "work"))).toEqual([]);
    await expectRight(project);
  },
);

test("an interrupted build leaves the artifact of the build before it where it is", async () => {
  const [project, fake] = await fakeDigits(ARM);
  await project.run("build", "digits.yaml");
  const before = project.read("dist/digits/cpu-arm64/manifest.json");
  project.write(
    "digits.yaml",
    project.read("digits.yaml").replace("validation: 16", "validation: 17").replace("[fake]", "[{ fake: { level: 2 } }]"),
  );
  const called = (fake as FakeToolchain).next("compile");
  const running = project.start("build", "digits.yaml");
  await called;
  running.kill("SIGINT");
  expect((await running.ended).code).toBe(130);
  expect(project.read("dist/digits/cpu-arm64/manifest.json")).toBe(before);
});

test("a second Ctrl-C does not wait for anything", async () => {
  const { running, call } = await heldBuild("compile");
  running.kill("SIGINT");
  running.kill("SIGINT");
  expect((await running.ended).code).toBe(130);
  await call.gone;
});
