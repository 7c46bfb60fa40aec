import { expect, test } from "vitest";
import { fakeDigits } from "../rig/digits-build.ts";

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
