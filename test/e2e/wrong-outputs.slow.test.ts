import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeDigits } from "../rig/digits-build.ts";
import type { FakeCommand } from "../rig/fake-toolchain.ts";
import { reportOf } from "../rig/project.ts";

async function buildWith(command: FakeCommand) {
  const [project, fake] = await fakeDigits();
  fake?.always("infer", command);
  const built = await project.run("build", "digits.yaml", "--json");
  const report = reportOf(built);
  const [candidate] = report.targets[0]?.candidates ?? [];
  if (candidate === undefined) throw new Error("the report has no candidate");
  return { built, report, candidate, published: existsSync(join(project.path, "dist/digits/cpu-x64-native")) };
}

test("one element off by 1e-2 is found among all of them, and nothing is published", async () => {
  const { built, report, candidate, published } = await buildWith({ do: "bend", sample: 11, index: [0, 7], add: 0.01 });
  expect(built.code).toBe(1);
  expect(report).toMatchObject({ status: "rejected", targets: [{ status: "rejected", winner: null }] });
  expect(candidate).toMatchObject({
    id: "fake/float32",
    verdict: "rejected",
    proof: null,
    reason: { code: "output-mismatch" },
    speed: null,
  });
  const worst = candidate.agreement?.outputs[0]?.worst;
  expect(worst).toMatchObject({ sample: 11, index: [0, 7] });
  expect((worst?.value ?? 0) - (worst?.reference ?? 0)).toBeCloseTo(0.01, 5);
  expect(published).toBe(false);
});

test("NaN is rejected as not finite, at its place", async () => {
  const { built, candidate } = await buildWith({ do: "bend", sample: 3, index: [0, 2], set: "nan" });
  expect(built.code).toBe(1);
  expect(candidate).toMatchObject({
    verdict: "rejected",
    reason: { code: "output-not-finite", message: expect.stringContaining("sample 3") },
  });
});

test.each([
  ["a wrong shape", { do: "reshape" }, "output-shape"],
  ["a wrong element type", { do: "retype" }, "output-dtype"],
  ["an output of another name", { do: "misname" }, "output-missing"],
] as const)("%s is rejected", async (_, command, code) => {
  const { built, candidate } = await buildWith(command);
  expect(built.code).toBe(1);
  expect(candidate).toMatchObject({ verdict: "rejected", reason: { code } });
});

test("a precision that was not asked for is rejected, though the outputs agree", async () => {
  const { built, candidate } = await buildWith({
    do: "succeed",
    executed: { bfloat16: { ops: 0.42, time: 0.99 }, float32: { ops: 0.58, time: 0.01 } },
  });
  expect(built.code).toBe(1);
  expect(candidate).toMatchObject({
    verdict: "rejected",
    reason: { code: "precision-not-executed", message: expect.stringContaining("asked for float32, executed 99 % bfloat16") },
  });
});
