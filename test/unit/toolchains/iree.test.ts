import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import type { ArtifactFacts } from "../../../src/domain/facts.ts";
import { PRECISIONS } from "../../../src/domain/precision.ts";
import type { Target } from "../../../src/domain/target.ts";
import { loadTargets } from "../../../src/recipe/targets/load-targets.ts";
import { iree } from "../../../src/toolchains/iree/index.ts";
import { HOST } from "../../rig/recipe-folder.ts";

const { targets } = await loadTargets({ host: HOST });
const target = (name: string): Target => targets.get(name) ?? expect.fail(`no target ${name}`);
const options = iree.options.parse({});
const canCompile = (each: Target) => iree.canCompile({ target: each, precision: "float32", options });

test("it compiles for every CPU target, and for GPUs through CUDA, ROCm and Vulkan", () => {
  const served = [...targets.values()].filter((each) => canCompile(each).yes).map(({ name }) => name);
  const cpus = [...targets.values()].filter(({ device }) => device === "cpu").map(({ name }) => name);
  expect(served).toEqual(expect.arrayContaining([...cpus, "cuda-a100", "cuda-ampere", "cuda-ada", "rocm-mi300x", "vulkan"]));
  const refused = [...targets.values()].filter((each) => !canCompile(each).yes);
  expect(refused.map(({ device }) => device)).not.toContain("cpu");
});

test("Hopper is refused with the mend: an earlier target's PTX, which its driver compiles", () => {
  expect(canCompile({ ...target("cuda-ada"), architecture: "sm_90" } as Target)).toEqual({
    yes: false,
    why: "IREE 3.13 does not compile for sm_90 through cuda; it does for sm_75, sm_80, sm_86, sm_89, sm_120, sm_121. Name a target of sm_89: its code is PTX, which the driver compiles for sm_90",
  });
});

test.each([
  ["a GPU before all it knows", { ...target("cuda-ada"), architecture: "sm_60" }, "does not compile for sm_60"],
  ["an AMD GPU it does not know", { ...target("rocm-mi300x"), architecture: "gfx1030" }, "does not compile for gfx1030 through rocm"],
  ["an IPU", target("ipu-mk2"), "it compiles for CPUs"],
  ["another maker's CUDA", { ...target("cuda-ada"), vendor: "acme" }, "it compiles for CPUs"],
  ["an interface it has no code for", { ...target("cuda-ada"), api: "level-zero" }, "it compiles for CPUs"],
])("%s is refused", (_, refused, why) => {
  expect(canCompile(refused as Target)).toEqual({ yes: false, why: expect.stringContaining(why) });
});

test("float32 alone", () => {
  const made = PRECISIONS.filter((precision) => iree.canCompile({ target: target("cpu-x64"), precision, options }).yes);
  expect(made).toEqual(["float32"]);
});

test("what is made for Vulkan is not run, and the report can say why", () => {
  const query = { precision: "float32" as const, options };
  expect(iree.canRun({ ...query, target: target("vulkan") }, HOST)).toEqual({ yes: false, why: expect.stringContaining("scaffold") });
  for (const name of ["cpu-x64", "cuda-a100", "rocm-mi300x"]) {
    expect(iree.canRun({ ...query, target: target(name) }, HOST)).toEqual({ yes: true });
  }
});

test("its one option, and that code for a target does not depend on the machine that compiles", () => {
  const query = { target: target("cpu-x64-native"), precision: "float32" as const, options };
  expect(iree.compileOptions(query)).toEqual({ level: "O3" });
  expect(iree.compileReadsHost(query)).toBe(false);
  expect(iree.options.safeParse({ level: "O9" }).success).toBe(false);
});

const FACTS: ArtifactFacts = {
  versions: { "iree-base-runtime": "3.13.0" },
  files: ["model.vmfb"],
  requires: { architecture: "any", cpuFeatures: [], packages: {}, device: null },
  declared: null,
  details: {},
  notes: [],
};

test.each([
  ["cpu-x64", "local-sync"],
  ["cuda-ada", "cuda"],
  ["rocm-mi300x", "hip"],
  ["vulkan", "vulkan"],
])("the loader for %s is Python that opens the device %s", (name, device) => {
  const signature = {
    inputs: [{ name: "x", dtype: "float32" as const, shape: [1, 4] }],
    outputs: [{ name: "y", dtype: "float32" as const, shape: [1, 4] }],
  };
  const text = iree.loader({ target: target(name), precision: "float32", options, facts: FACTS, signature });
  execFileSync("python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], { input: text });
  expect(text).toContain(`rt.Config("${device}")`);
  expect(text).toContain("iree-base-runtime==3.13.0");
  expect(text).toContain('HERE / "model.vmfb"');
});
