import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Host } from "../../src/domain/host.ts";
import type { Precision } from "../../src/domain/precision.ts";
import type { Toolchain } from "../../src/domain/toolchain.ts";
import { conformanceTests, findTarget, type Subject } from "../../src/testing/index.ts";
import { builtinToolchains } from "../../src/toolchains/builtin.ts";
import { linkEnvironments, preparedStore, prepareEnvironments, prepareLocked } from "../rig/prepared-home.ts";
import { hostWithGpu, hostWithIpu, poplarOverStandIns, tensorrtOverRtx } from "../rig/stand-ins.ts";

/** What a built-in toolchain is tried on. */
interface Trial {
  readonly target: string;
  readonly precision: Precision;
  /**
   * What takes the place of a toolchain whose image is its maker's alone, or whose device is not here. Then the worker and all that
   * Fettle does with it are held to the kit, and nothing of the maker's own: with the image, `fettle toolchain check` tries that.
   */
  readonly standIn?: { readonly toolchain: () => Toolchain; readonly host?: () => Promise<Host> };
}

const TRIALS: Readonly<Record<string, Readonly<Record<string, Trial>>>> = {
  onnxruntime: { "": { target: "cpu-x64-native", precision: "float32" } },
  openvino: { "": { target: "cpu-x64-native", precision: "float32" } },
  tvm: { "": { target: "cpu-x64-native", precision: "float32" } },
  "tensorrt-rtx": { "": { target: "rtx-ada", precision: "float16" } },
  tensorrt: {
    " over TensorRT for RTX": { target: "cuda-ada", precision: "float16", standIn: { toolchain: tensorrtOverRtx, host: hostWithGpu } },
  },
  poplar: {
    " over a stand-in for the IPUModel": { target: "ipu-mk2", precision: "float32", standIn: { toolchain: poplarOverStandIns } },
    " over a stand-in for an IPU": {
      target: "ipu-mk2",
      precision: "float32",
      standIn: { toolchain: poplarOverStandIns, host: hostWithIpu },
    },
  },
  tpu: { "": { target: "tpu-v5e", precision: "float32" } },
  iree: { "": { target: "cpu-x64-native", precision: "float32" } },
};

test("every built-in toolchain is tried", () => {
  const names = builtinToolchains.map(({ name }) => name);
  expect(names.filter((name) => TRIALS[name] === undefined)).toEqual([]);
});

for (const toolchain of builtinToolchains) {
  for (const [how, trial] of Object.entries(TRIALS[toolchain.name] ?? {})) {
    describe(`${toolchain.name}${how}`, () => conformanceTests(test, () => subjectOf(toolchain, trial)));
  }
}

async function subjectOf(builtin: Toolchain, { target, precision, standIn }: Trial): Promise<Subject> {
  const toolchain = standIn?.toolchain() ?? builtin;
  const host = await standIn?.host?.();
  const home = preparedStore("conformance");
  const own = await prepareLocked(join(toolchain.directory, "requirements.lock"));
  // One of them may be the toolchain's own.
  linkEnvironments(home, [...new Set([...(await prepareEnvironments(["onnx", "onnxruntime", "scripts"])), own])]);
  const found = await findTarget(target);
  if (host === undefined || found.device === "cpu") return { toolchain, target: found, precision, home };
  // A stand-in has no device nodes.
  return { toolchain, target: { ...found, needs: { ...found.needs, nodes: [] } }, precision, home, host };
}
