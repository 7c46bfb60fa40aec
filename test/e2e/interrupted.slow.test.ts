import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeDigits } from "../rig/digits-build.ts";
import { reportOf } from "../rig/project.ts";

test.each(["SIGINT", "SIGTERM"] as const)("%s stops the workers, publishes nothing, and ends with 130", async (signal) => {
  const [project, fake] = await fakeDigits();
  const called = fake?.next("compile");
  const running = project.start("build", "digits.yaml", "--json");
  const call = await called;
  running.kill(signal);
  const ended = await running.ended;
  await call?.gone;
  expect(ended.code).toBe(130);
  expect(reportOf(ended).status).toBe("interrupted");
  expect(existsSync(join(project.path, "dist"))).toBe(false);
});

test("kill -9 of the program ends the worker, and the next build is right", async () => {
  const [project, fake] = await fakeDigits();
  const called = fake?.next("infer");
  const running = project.start("build", "digits.yaml");
  const call = await called;
  running.kill("SIGKILL");
  await call?.gone;
  const built = await project.run("build", "digits.yaml", "--json");
  expect(built.code).toBe(0);
  expect(fake?.count("compile")).toBe(1);
  // What the killed build was working on is swept.
  expect(readdirSync(join(project.home, "work"))).toEqual([]);
});

test("two builds at once on one store compile once", async () => {
  const [project, fake] = await fakeDigits();
  const called = fake?.next("compile");
  const first = project.start("build", "digits.yaml", "--json");
  const call = await called;
  const second = project.start("build", "digits.yaml", "--json", "--out", "other");
  await second.event("step-waiting", "compile cpu-x64-native fake/float32");
  call?.tell({ do: "succeed" });
  const ends = await Promise.all([first.ended, second.ended]);
  expect(ends.map((ended) => ended.code)).toEqual([0, 0]);
  expect(fake?.count("compile")).toBe(1);
});
