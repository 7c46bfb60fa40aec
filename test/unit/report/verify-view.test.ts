import { expect, test } from "vitest";
import { type ArtifactCheck, renderVerify, verifyDocument } from "../../../src/report/verify-view.ts";
import { plain } from "../../fixtures/report/themes.ts";

const whole: ArtifactCheck = {
  directory: "dist/ocr-recogniser/cpu-x64-native",
  ok: true,
  candidate: "openvino/bfloat16",
  target: "cpu-x64-native",
  proof: "measured",
  problems: [],
  packages: [
    { name: "openvino", needs: "2026.4.1", has: "2026.4.1" },
    { name: "numpy", needs: "2.3.4", has: null },
  ],
};

test("an artifact that is whole", () => {
  expect(renderVerify(whole, plain())).toMatchInlineSnapshot(`
    "✔ dist/ocr-recogniser/cpu-x64-native  whole, and this host can run it
        openvino/bfloat16 for cpu-x64-native, measured
      ✔ needs openvino 2026.4.1: installed
      › needs numpy 2.3.4: not installed here
    "
  `);
});

test("an artifact that is not, or not for this host", () => {
  const check: ArtifactCheck = {
    ...whole,
    ok: false,
    problems: [
      { code: "changed-file", message: "model.bin is not the file the manifest names." },
      { code: "cpu-features", message: "It needs the CPU features avx512f, amx_bf16, which this host (AMD EPYC 7763) does not have." },
    ],
    packages: [{ name: "openvino", needs: "2026.4.1", has: "2025.1.0" }],
  };
  expect(renderVerify(check, plain(80))).toMatchInlineSnapshot(`
    "✖ dist/ocr-recogniser/cpu-x64-native  2 problems
        openvino/bfloat16 for cpu-x64-native, measured
      ✖ changed-file: model.bin is not the file the manifest names.
      ✖ cpu-features: It needs the CPU features avx512f, amx_bf16, which this host
        (AMD EPYC 7763) does not have.
      ✖ needs openvino 2026.4.1: 2025.1.0 is installed
    "
  `);
  expect(verifyDocument(check)).toEqual({ schema: "fettle.verify/1", ...check });
});

test("a folder that is no artifact", () => {
  const check: ArtifactCheck = {
    directory: "/tmp",
    ok: false,
    candidate: null,
    target: null,
    proof: null,
    problems: [{ code: "no-manifest", message: "/tmp/manifest.json is not there." }],
    packages: [],
  };
  expect(renderVerify(check, plain())).toBe("✖ /tmp  1 problem\n  ✖ no-manifest: /tmp/manifest.json is not there.\n");
});
