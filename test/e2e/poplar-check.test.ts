import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fettle } from "../rig/cli.ts";
import { tinyModel } from "../rig/onnx-models.ts";
import { inRepository } from "../rig/repository.ts";
import { scratchFolder } from "../rig/scratch.ts";

async function check(file: string, ...flags: string[]) {
  return await fettle(["poplar", "check", file, ...flags], { cwd: scratchFolder("poplar") });
}

test("a model that PopART can take, one it cannot, and what is no model: each with its exit code", async () => {
  const folder = scratchFolder("models");
  const [good, quantised, text] = ["good.onnx", "quantised.onnx", "text.onnx"].map((name) => join(folder, name));
  writeFileSync(good ?? "", tinyModel({ opset: 11 }));
  writeFileSync(quantised ?? "", tinyModel({ opset: 11, nodes: [{ opType: "DequantizeLinear", input: ["x", "x"], output: ["y"] }] }));
  writeFileSync(text ?? "", "no model");
  const [taken, refused, none] = [
    await check(good ?? "", "--json"),
    await check(quantised ?? "", "--json"),
    await check(text ?? "", "--json"),
  ];
  expect([taken.code, JSON.parse(taken.stdout)]).toMatchObject([
    0,
    { schema: "fettle.poplar-check/1", taken: true, opset: 11, findings: [] },
  ]);
  expect([refused.code, JSON.parse(refused.stdout)]).toMatchObject([1, { taken: false, findings: [{ rule: "quantised", refuses: true }] }]);
  expect([none.code, JSON.parse(none.stdout)]).toMatchObject([2, { taken: false, fault: expect.stringContaining("text.onnx") }]);
});

test("for people it says the rule, the mend, and that the SDK was never asked", async () => {
  const { code, stdout } = await check(inRepository("recipes/digits/digits.onnx"));
  expect(code).toBe(1);
  expect(stdout).toContain("unverified against the SDK");
  expect(stdout.replaceAll(/\s+/g, " ")).toContain("open-size: programs for IPUs have fixed sizes");
  expect(stdout).toContain("`model.shapes.image`");
});
