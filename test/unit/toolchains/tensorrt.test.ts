import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { PRECISIONS } from "../../../src/domain/precision.ts";
import type { Target } from "../../../src/domain/target.ts";
import { issueFaults } from "../../../src/recipe/checks/issue-faults.ts";
import { loadTargets } from "../../../src/recipe/targets/load-targets.ts";
import { tensorrt } from "../../../src/toolchains/tensorrt/index.ts";
import { HOST } from "../../rig/recipe-folder.ts";

const { targets } = await loadTargets({ host: HOST });
const ada = targets.get("cuda-ada") ?? expect.fail("no target cuda-ada");
const options = tensorrt.options.parse({});
const query = (target: Target) => ({ target, precision: "float32", options }) as const;

function faultsOf(value: object) {
  const parsed = tensorrt.options.safeParse(value);
  const view = { schema: tensorrt.options, value, root: "`tensorrt`" };
  return parsed.success ? [] : issueFaults(view, parsed.error.issues);
}

test("it compiles for NVIDIA GPUs from Turing on, and on the device itself", () => {
  const served = [...targets.values()].filter((target) => tensorrt.canCompile(query(target)).yes);
  expect(served.every(({ device }) => device === "gpu")).toBe(true);
  expect(served.map(({ name }) => name)).toEqual(expect.arrayContaining(["cuda-a100", "cuda-ada", "rtx-turing"]));
  expect(tensorrt.canCompile(query({ ...ada, architecture: "sm_100" } as Target))).toEqual({ yes: true });
  expect(tensorrt.canCompile(query({ ...ada, architecture: "sm_70" } as Target))).toEqual({
    yes: false,
    why: "TensorRT 11 is for GPUs from sm_75 on, and this is sm_70",
  });
  expect(tensorrt.compileNeedsDevice?.(query(ada))).toBe(true);
});

test("which precisions it makes, and its defaults", () => {
  expect(PRECISIONS.filter((precision) => tensorrt.canCompile({ ...query(ada), precision }).yes)).toEqual(["float32", "float16", "int8"]);
  expect(tensorrt.compileOptions(query(ada))).toEqual({ tf32: false, optimizationLevel: 3, precision: "float32" });
});

test.each(["fp16", "bf16", "int8", "fp8", "best", "precision_constraints", "layer_precisions", "layer_output_types", "calibration"])(
  "`%s` of TensorRT 10 is refused with what to write instead, whatever its value",
  (key) => {
    for (const value of [true, false, null, "obey"]) {
      const [fault, ...more] = faultsOf({ [key]: value });
      expect(more).toEqual([]);
      expect(fault).toMatchObject({ path: [key], message: expect.stringContaining(`\`${key}\` is of TensorRT 10`) });
      expect(fault?.hint).toMatch(/^(write|leave it out|name each)/);
    }
  },
);

test("options that are only there to be refused are offered to nobody", () => {
  expect(faultsOf({ tf23: true })).toMatchObject([
    { code: "unknown-key", expected: "one of `tf32`, `optimizationLevel`", hint: "did you mean `tf32`?" },
  ]);
});

test("the loader is Python and names the exact runtime", () => {
  const facts = {
    versions: { tensorrt: "11.4.0.106" },
    files: ["model.plan"],
    requires: { architecture: "x86-64", cpuFeatures: [], packages: {}, device: null },
    declared: null,
    details: {},
    notes: [],
  } as const;
  const signature = { inputs: [{ name: "x", dtype: "float32", shape: [1, 4] }], outputs: [] } as const;
  const text = tensorrt.loader({ ...query(ada), facts, signature });
  execFileSync("python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], { input: text });
  expect(text).toContain("pip install tensorrt==11.4.0.106 cuda-python numpy");
});
