import { expect, test } from "vitest";
import { renderTargets, type TargetListing, targetsDocument } from "../../../src/report/targets-view.ts";
import { arm, native } from "../../fixtures/report/steps.ts";
import { plain } from "../../fixtures/report/themes.ts";

const list: readonly TargetListing[] = [
  { target: native, source: "targets/cpu-x64-native.yaml", here: { yes: true } },
  { target: arm, source: "targets/cpu-arm64.yaml", here: { yes: false, why: "its architecture is aarch64 and this machine's is x86-64" } },
];

const bare = { accelerators: [], acceleratorNotes: [] };

test("the targets and whether this machine is one", () => {
  expect(renderTargets(list, bare, plain(120))).toMatchInlineSnapshot(`
    "target          here  hardware                   code for          C library   file
    cpu-x64-native  ✔     This machine's x86-64 CPU  x86-64 x86-64-v3  glibc 2.36  targets/cpu-x64-native.yaml
    cpu-arm64       ·     64-bit Arm                 aarch64 generic   glibc 2.31  targets/cpu-arm64.yaml
          not this machine: its architecture is aarch64 and this machine's is x86-64

    2 targets
    no accelerator was found on this machine
    "
  `);
});

test("the JSON twin carries the whole target", () => {
  expect(targetsDocument(list, bare).targets[1]).toEqual({
    ...arm,
    source: "targets/cpu-arm64.yaml",
    here: false,
    whyNotHere: "its architecture is aarch64 and this machine's is x86-64",
  });
});

test("hardware that no toolchain serves says who compiles for it, why not Fettle, and what a plug-in would do", () => {
  const wafer: TargetListing["target"] = {
    ...{ name: "wafer", title: "Wafer", device: "accelerator", vendor: "acme", architecture: "w1", host: "x86-64", memoryBytes: null },
    needs: { cdi: null, nodes: [] },
    unserved: { compiler: "Acme's compiler, from Acme", why: "it needs the wafer", plugin: "a plug-in would ask the wafer" },
  };
  const text = renderTargets([{ target: wafer, source: "targets/wafer.yaml", here: { yes: true } }], bare, plain(200));
  expect(text).toContain(
    "no toolchain that comes with Fettle serves it. Compiler: Acme's compiler, from Acme; it needs the wafer; a plug-in would ask the wafer",
  );
});
