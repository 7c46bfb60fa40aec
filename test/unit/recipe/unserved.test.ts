import { expect, test } from "vitest";
import { recipeFolder } from "../../rig/recipe-folder.ts";

const TARGET = `target: 1
title: Wafer
device: accelerator
vendor: acme
architecture: w1
unserved:
  compiler: Acme's compiler, from Acme
  why: it needs the wafer
  plugin: a plug-in would ask the wafer
`;

const RECIPE = `recipe: 1
name: digits
model: { from: { pypi: models==1.0, file: m.onnx }, sha256: ${"ab".repeat(32)} }
data: { random: { inputs: { x: { normal: [0, 1] } } } }
try: { precision: [bfloat16] }
targets: { wafer: { toolchains: [bellows] } }
`;

test("a recipe for hardware that no toolchain serves is told who compiles for it, and what would serve it", async () => {
  const folder = await recipeFolder({ "targets/wafer.yaml": TARGET });
  const said = await folder.check(RECIPE);
  expect(said).toContain("error[precision-unserved] nothing can be made for `wafer`");
  expect(said).toContain("hint: it is compiled for by Acme's compiler, from Acme; it needs the wafer; a plug-in would ask the wafer");
});
