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
