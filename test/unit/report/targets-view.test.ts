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
    emulation: null,
  });
});

test("what emulates a target here, or the reason and the mend", () => {
  const here = { yes: false, why: "this host is x86-64" } as const;
  const emulation = {
    ...{ name: "qemu-aarch64", path: "/usr/bin/qemu-aarch64", version: "7.2.22", cpus: ["cortex-a53"], cpu: "cortex-a53" },
    ...{ root: "/usr/aarch64-linux-gnu", shown: [], libc: "Debian GLIBC 2.36-8" },
  };
  const listed = (found: NonNullable<TargetListing["emulation"]>): TargetListing => ({
    target: arm,
    source: "a.yaml",
    here,
    emulation: found,
  });
  expect(renderTargets([listed(emulation)], bare, plain(200))).toContain(
    "not this machine: this host is x86-64; qemu-aarch64 7.2.22 emulates it as cortex-a53",
  );
  expect(targetsDocument([listed(emulation)], bare).targets[0]?.emulation).toEqual({
    ...{ by: "qemu-aarch64", version: "7.2.22", cpu: "cortex-a53", libc: "Debian GLIBC 2.36-8" },
  });
  expect(renderTargets([listed({ why: "nothing here emulates it" })], bare, plain(200))).toContain("x86-64; nothing here emulates it");
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
