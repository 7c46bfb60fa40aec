import { expect, test } from "vitest";
import { digestBytes } from "../../../src/domain/digest.ts";
import type { Recipe, RecipeTarget } from "../../../src/domain/recipe.ts";
import type { Shapes } from "../../../src/domain/sizes.ts";
import type { Target } from "../../../src/domain/target.ts";
import type { Toolchain } from "../../../src/domain/toolchain.ts";
import { type MatrixOptions, type MatrixRecipe, planMatrix } from "../../../src/plan/matrix.ts";
import { toyToolchain } from "../../rig/recipe-folder.ts";

const CPU = { title: "", device: "cpu", cpu: "generic", features: [], system: { libc: "glibc", version: "2.28" } } as const;
const GPU = { title: "", device: "gpu", vendor: "nvidia", architecture: "sm_89", api: "cuda", host: "x86-64", memoryBytes: null } as const;
const TARGETS: readonly Target[] = [
  { name: "x64", ...CPU, architecture: "x86-64" },
  { name: "arm64", ...CPU, architecture: "aarch64" },
  { name: "ada", ...GPU, needs: { cdi: null, nodes: [] } },
  { name: "any-gpu", ...GPU, vendor: "any", api: "vulkan", needs: { cdi: null, nodes: [] } },
];

function use(name: string, over: Partial<RecipeTarget> = {}): RecipeTarget {
  return { name, require: "measured", toolchains: [{ name: "anvil", options: {} }], ...over };
}

function recipe(name: string, uses: readonly RecipeTarget[], over: Partial<MatrixRecipe> = {}, shapes: Shapes = {}): MatrixRecipe {
  const targets = new Map(uses.map((each) => [each.name, TARGETS.find((target) => target.name === each.name) ?? named(each.name)]));
  return {
    recipe: { name, file: `/${name}.yaml`, precisions: ["float32", "bfloat16"], model: { shapes }, targets: uses } as unknown as Recipe,
    source: { file: `recipes/${name}.yaml`, digest: digestBytes(name), fettle: "1.0.0" },
    targets,
    runners: new Map(),
    ...over,
  };
}

function named(name: string): Target {
  return { name, ...CPU, architecture: "x86-64" };
}

function plan(recipes: readonly MatrixRecipe[], over: Partial<MatrixOptions> = {}, anvil: Partial<Toolchain> = {}) {
  const toolchains = new Map([["anvil", toyToolchain("anvil", anvil)]]);
  return planMatrix(recipes, { toolchains, runners: new Map(), byToolchain: false, ...over }).jobs;
}

test("a job for each target of each recipe, with the command that builds just that", () => {
  const jobs = plan([recipe("ocr", [use("x64"), use("arm64")]), recipe("voice", [use("x64")])]);
  expect(jobs.map(({ id, arguments: words }) => [id, words.join(" ")])).toEqual([
    ["ocr--x64", "build recipes/ocr.yaml --target x64"],
    ["ocr--arm64", "build recipes/ocr.yaml --target arm64"],
    ["voice--x64", "build recipes/voice.yaml --target x64"],
  ]);
  expect(jobs[0]?.toolchains).toBeUndefined();
});

test("ids are fit for every CI system and never the same, whatever names recipes and targets have", () => {
  const names = ["a--b", "a", "a.b", "a_b", "9lives", "x".repeat(64)];
  const targets = ["c", "b--c", "Größe 1", "größe 1", "$(reboot)", "y".repeat(90)].map((name) => use(name));
  const jobs = plan(names.map((name) => recipe(name, targets)));
  for (const { id } of jobs) expect(id).toMatch(/^[A-Za-z_][A-Za-z0-9_-]{0,99}$/);
  expect(new Set(jobs.map(({ id }) => id)).size).toBe(jobs.length);
  expect(jobs).toHaveLength(names.length * targets.length);
});

test("an id does not depend on the other jobs unless names run together", () => {
  const [alone] = plan([recipe("a.b", [use("c")])]);
  const among = plan([recipe("a-b", [use("c")]), recipe("a.b", [use("c")])]);
  expect(among[1]?.id).toBe(alone?.id);
  expect(among[0]?.id).not.toBe(alone?.id);
});

test.each([
  ["what must be measured needs its hardware", use("arm64"), ["self-hosted", "linux", "ARM64"]],
  ["so does what must be validated", use("ada", { require: "validated" }), ["self-hosted", "linux", "x64", "gpu", "nvidia", "sm_89"]],
  ["any maker's device has no maker's labels", use("any-gpu"), ["self-hosted", "linux", "x64", "gpu"]],
  ["what is only compiled needs a machine that compiles", use("arm64", { require: "compiled" }), ["self-hosted", "linux", "x64"]],
  ["emulation is done elsewhere too", use("ada", { require: "emulated" }), ["self-hosted", "linux", "x64"]],
])("runners by default: %s", (_, target, labels) => {
  expect(plan([recipe("r", [target])])[0]?.runner).toEqual(labels);
});

test("a compiler that tunes on the device needs it, whatever proof is asked for", () => {
  const jobs = plan([recipe("r", [use("ada", { require: "compiled" })])], {}, { compileNeedsDevice: () => true });
  expect(jobs[0]?.runner).toContain("sm_89");
});

test("labels of the target's file come before the default, and those of the command line before both", () => {
  const own = recipe("r", [use("x64"), use("arm64")], {
    runners: new Map([
      ["x64", ["mine"]],
      ["arm64", ["mine"]],
    ]),
  });
  const jobs = plan([own], { runners: new Map([["arm64", ["given"]]]) });
  expect(jobs.map(({ runner }) => runner)).toEqual([["mine"], ["given"]]);
});

test("by toolchain: what each job tries, a second use of a toolchain included, and what it does not serve", () => {
  const twice = [
    { name: "anvil", options: {} },
    { name: "anvil", options: { level: "high" } },
  ];
  const [job] = plan([recipe("r", [use("x64", { toolchains: twice })])], { byToolchain: true });
  expect(job?.toolchains).toEqual([
    {
      name: "anvil",
      candidates: ["anvil/float32", "anvil#2/float32"],
      untried: [
        { id: "anvil/bfloat16", why: "bfloat16 is not for anvil" },
        { id: "anvil#2/bfloat16", why: "bfloat16 is not for anvil" },
      ],
    },
  ]);
});

test("by toolchain: one for fixed sizes serves nothing of a recipe with a range", () => {
  const wide = recipe("r", [use("x64")], {}, { x: [1, { min: 2, opt: 4, max: 8 }] });
  const candidates = (over: Partial<Toolchain>) => plan([wide], { byToolchain: true }, over)[0]?.toolchains?.[0]?.candidates;
  expect(candidates({})).toEqual([]);
  expect(candidates({ dynamicShapes: true })).toEqual(["anvil/float32"]);
});
