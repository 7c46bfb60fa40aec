import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Precision } from "../../src/domain/precision.ts";
import type { Toolchain } from "../../src/domain/toolchain.ts";
import { conformanceTests, findTarget, type Subject } from "../../src/testing/index.ts";
import { builtinToolchains } from "../../src/toolchains/builtin.ts";
import { linkEnvironments, preparedStore, prepareEnvironments, prepareLocked } from "../rig/prepared-home.ts";

/** What each built-in toolchain is tried on; `elsewhere` says why one cannot be tried here. */
type Trial = { readonly target: string; readonly precision: Precision } | { readonly elsewhere: string };

const TRIALS: Readonly<Record<string, Trial>> = {
  onnxruntime: { target: "cpu-x64-native", precision: "float32" },
  openvino: { target: "cpu-x64-native", precision: "float32" },
  tvm: { target: "cpu-x64-native", precision: "float32" },
  "tensorrt-rtx": { target: "rtx-ada", precision: "float16" },
  tensorrt: { elsewhere: "NVIDIA's image is the user's to name, and a GPU must be here" },
  poplar: { elsewhere: "Graphcore's image is the user's to name" },
  tpu: { target: "tpu-v5e", precision: "float32" },
  iree: { target: "cpu-x64-native", precision: "float32" },
};

test("every built-in toolchain is tried, or it is said why not", () => {
  const names = builtinToolchains.map(({ name }) => name);
  expect(names.filter((name) => TRIALS[name] === undefined)).toEqual([]);
});

for (const toolchain of builtinToolchains) {
  const trial = TRIALS[toolchain.name];
  if (trial === undefined) continue;
  describe(toolchain.name, () => {
    if ("elsewhere" in trial) cannotBeTried(toolchain, trial.elsewhere);
    else conformanceTests(test, () => subjectOf(toolchain, trial));
  });
}

async function subjectOf(toolchain: Toolchain, { target, precision }: Exclude<Trial, { elsewhere: string }>): Promise<Subject> {
  const home = preparedStore("conformance");
  const own = await prepareLocked(join(toolchain.directory, "requirements.lock"));
  // One of them may be the toolchain's own.
  linkEnvironments(home, [...new Set([...(await prepareEnvironments(["onnx", "onnxruntime", "scripts"])), own])]);
  return { toolchain, target: await findTarget(target), precision, home };
}

// What can be said without its environment is held to all the same.
function cannotBeTried({ name, directory }: Toolchain, why: string): void {
  test(`its worker is not run here: ${why}`, () => {
    process.stderr.write(`not tried: ${name}: ${why}\n`);
    expect(existsSync(join(directory, "worker.py"))).toBe(true);
  });
}
