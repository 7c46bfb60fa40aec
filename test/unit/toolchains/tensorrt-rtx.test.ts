import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import type { ArtifactFacts } from "../../../src/domain/facts.ts";
import { PRECISIONS } from "../../../src/domain/precision.ts";
import type { Target } from "../../../src/domain/target.ts";
import { loadTargets } from "../../../src/recipe/targets/load-targets.ts";
import { builtinToolchains } from "../../../src/toolchains/builtin.ts";
import { tensorrtRtx } from "../../../src/toolchains/tensorrt-rtx/index.ts";
import { HOST } from "../../rig/recipe-folder.ts";

const { targets } = await loadTargets({ host: HOST });
const target = (name: string): Target => targets.get(name) ?? expect.fail(`no target ${name}`);
const options = tensorrtRtx.options.parse({});

test("it compiles for the RTX generations and for nothing else", () => {
  const served = [...targets.values()].filter((each) => tensorrtRtx.canCompile({ target: each, precision: "float32", options }).yes);
  expect(served.map(({ name }) => name)).toEqual([
    ...["cuda-a100", "cuda-ada", "cuda-ampere", "rtx-ada", "rtx-ampere", "rtx-blackwell", "rtx-turing"],
  ]);
  const hopper: Target = { ...target("rtx-ada"), architecture: "sm_90" } as Target;
  expect(tensorrtRtx.canCompile({ target: hopper, precision: "float32", options })).toEqual({
    yes: false,
    why: "it does not compile for sm_90; it does for sm_75, sm_80, sm_86, sm_89, sm_120, sm_121",
  });
});

test("which precisions it makes", () => {
  const made = PRECISIONS.filter((precision) => tensorrtRtx.canCompile({ target: target("rtx-ada"), precision, options }).yes);
  expect(made).toEqual(["float32", "float16", "int8"]);
});

test("TensorFloat-32 is off unless it is asked for", () => {
  expect(tensorrtRtx.compileOptions({ target: target("rtx-ada"), precision: "float32", options })).toEqual({
    tf32: false,
    precision: "float32",
  });
});

test("no toolchain for CPUs takes an accelerator's target for one", () => {
  const cpuOnly = builtinToolchains.filter(({ name }) => ["onnxruntime", "openvino", "tvm"].includes(name));
  const accelerators = [...targets.values()].filter(({ device }) => device !== "cpu");
  for (const toolchain of cpuOnly) {
    for (const each of accelerators) {
      const support = toolchain.canCompile({ target: each, precision: "float32", options: toolchain.options.parse({}) });
      expect(support).toEqual({ yes: false, why: "it makes artifacts for CPUs only" });
    }
  }
  expect(cpuOnly).toHaveLength(3);
});

const FACTS: ArtifactFacts = {
  versions: { "tensorrt-rtx": "1.7.1.116" },
  files: ["model.plan"],
  requires: { architecture: "x86-64", cpuFeatures: [], packages: {}, device: null },
  declared: null,
  details: {},
  notes: [],
};

test("the loader is Python, names its packages and loads the plan", () => {
  const signature = {
    inputs: [{ name: 'im"age', dtype: "float32", shape: [1, 1, 8, 8] }],
    outputs: [{ name: "p", dtype: "float32", shape: [1, 10] }],
  } as const;
  const text = tensorrtRtx.loader({ target: target("rtx-ada"), precision: "float32", options, facts: FACTS, signature });
  execFileSync("python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], { input: text });
  expect(text).toContain("pip install tensorrt-rtx==1.7.1.116 cuda-python numpy");
  expect(text).toContain('"model.plan"');
});
