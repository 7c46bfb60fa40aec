import { expect, test } from "vitest";
import { type IreeTarget, ireeTargetDocument, renderIreeTarget } from "../../../src/report/iree-target-view.ts";
import { plain } from "../../fixtures/report/themes.ts";

const target: IreeTarget = {
  file: "dist/digits/vulkan/model.vmfb",
  asked: {
    device: "vulkan",
    backend: "vulkan-spirv",
    format: "vulkan-spirv-fb",
    triple: null,
    cpu: null,
    cpuFeatures: [],
    architecture: "sm_80",
  },
  executables: [
    { name: "a.fb", format: "vulkan-spirv", architectures: [], needs: ["SPIR-V 1.0", "Shader"], bytes: 1500 },
    { name: "b.fb", format: "vulkan-spirv", architectures: [], needs: ["Shader", "SPIR-V 1.3"], bytes: 2500 },
  ],
};

test("what a module is for, all its executables together, without what it does not say", () => {
  expect(renderIreeTarget(target, plain())).toMatchInlineSnapshot(`
    "dist/digits/vulkan/model.vmfb
      device        vulkan
      compiler      vulkan-spirv, vulkan-spirv-fb
      architecture  sm_80
      holds         2 executables, 4.00 kB
      format        vulkan-spirv
      needs         SPIR-V 1.0, SPIR-V 1.3, Shader
    "
  `);
});

test("as JSON", () => {
  expect(ireeTargetDocument(target)).toMatchObject({ schema: "fettle.iree-target/1", asked: { device: "vulkan" } });
});
