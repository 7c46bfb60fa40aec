import { expect, test } from "vitest";
import { digestBytes } from "../../../src/domain/digest.ts";
import type { Support } from "../../../src/domain/toolchain.ts";
import { renderToolchains, type ToolchainListing, toolchainsDocument } from "../../../src/report/toolchains-view.ts";
import { plain } from "../../fixtures/report/themes.ts";

const yes: Support = { yes: true };
const no = (why: string): Support => ({ yes: false, why });
const noEmulator = no("no emulator for aarch64 is installed");

const list: readonly ToolchainListing[] = [
  {
    name: "openvino",
    title: "OpenVINO",
    version: "2026.4.1",
    from: "built in",
    dynamicShapes: true,
    environment: { state: "ready", python: "3.11.7", digest: digestBytes("openvino") },
    abilities: [
      { target: "cpu-x64", precision: "float32", compile: yes, run: yes, emulate: null },
      { target: "cpu-x64", precision: "bfloat16", compile: yes, run: no("this CPU has no bfloat16 instructions"), emulate: yes },
      { target: "cpu-x64", precision: "float16", compile: no("OpenVINO's CPU plug-in runs float16 as float32"), run: yes, emulate: null },
    ],
  },
  {
    name: "tvm",
    title: "Apache TVM",
    version: "0.27.0.post1",
    from: "built in",
    dynamicShapes: false,
    environment: { state: "not-made", python: "3.11.7", digest: digestBytes("tvm") },
    abilities: [
      { target: "cpu-arm64", precision: "float32", compile: yes, run: no("this machine is x86-64"), emulate: noEmulator },
      { target: "cpu-arm64", precision: "int8", compile: no("TVM is driven without quantisation"), run: yes, emulate: null },
    ],
  },
  {
    name: "iree",
    title: "IREE",
    version: "3.9.0",
    from: "fettle-plugin-iree 0.2.0",
    dynamicShapes: false,
    environment: { state: "unavailable", why: "no Python 3.11 or later was found" },
    abilities: [],
  },
];
const failures = [{ plugin: "fettle-plugin-poplar 1.0.0", message: "Its contract has version 2; this Fettle speaks version 1." }];

test("what each can do here, and why not the rest", () => {
  expect(renderToolchains(list, failures, plain(90))).toMatchInlineSnapshot(`
    "openvino 2026.4.1  OpenVINO  built in
      environment  ✔ ready (Python 3.11.7, d6788f923112)
      sizes        fixed, or a range: { min, opt, max }
      cpu-x64      compiles: float32, bfloat16 · runs here: float32 · emulates here: bfloat16
                   cannot compile: float16 (OpenVINO's CPU plug-in runs float16 as float32)
                   cannot run here: bfloat16 (this CPU has no bfloat16 instructions)

    tvm 0.27.0.post1  Apache TVM  built in
      environment  · not made yet; the first build that needs it makes it (Python 3.11.7, 3973a32cb2f3)
      cpu-arm64    compiles: float32
                   cannot compile: int8 (TVM is driven without quantisation)
                   cannot run here: float32 (this machine is x86-64)
                   cannot emulate here: float32 (no emulator for aarch64 is installed)

    iree 3.9.0  IREE  fettle-plugin-iree 0.2.0
      environment  ✖ unavailable: no Python 3.11 or later was found

    ✖ fettle-plugin-poplar 1.0.0  could not be loaded
        Its contract has version 2; this Fettle speaks version 1.

    3 toolchains
    "
  `);
});

test("targets for which it can do the same stand together", () => {
  const ability = (target: string) => ({ target, precision: "float32", compile: yes, run: yes, emulate: null }) as const;
  const abilities = ["cpu-x64", "cpu-x64-v2", "cpu-x64-v3"].map(ability);
  const toolchain: ToolchainListing = {
    name: "tvm",
    title: "TVM",
    version: "1",
    from: "built in",
    dynamicShapes: false,
    environment: { state: "unavailable", why: "none" },
    abilities,
  };
  expect(renderToolchains([toolchain], [], plain(80))).toMatchInlineSnapshot(`
    "tvm 1  TVM  built in
      environment  ✖ unavailable: none
      cpu-x64      compiles: float32 · runs here: float32
      cpu-x64-v2
      cpu-x64-v3

    1 toolchain
    "
  `);
});

test("the JSON twin is the same data", () => {
  expect(toolchainsDocument(list, failures)).toEqual({ schema: "fettle.toolchains/1", toolchains: list, failures });
});
