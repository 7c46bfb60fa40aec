import { join } from "node:path";
import { expect, test } from "vitest";
import type { IpuTarget } from "../../../src/domain/target.ts";
import type { CandidateQuery } from "../../../src/domain/toolchain.ts";
import { modelFacts, type SettledInputs } from "../../../src/model/model-facts.ts";
import { readModel } from "../../../src/model/read-model.ts";
import { poplar } from "../../../src/toolchains/poplar/index.ts";
import { poplarFindings } from "../../../src/toolchains/poplar/rules.ts";
import { type TinyModel, tinyModel } from "../../rig/onnx-models.ts";
import { HOST, recipeFolder } from "../../rig/recipe-folder.ts";
import { inRepository } from "../../rig/repository.ts";

const MK2: IpuTarget = {
  ...{ name: "ipu-mk2", title: "IPU", device: "ipu", vendor: "graphcore", architecture: "ipu2", host: "x86-64", chips: 1 },
  memoryBytes: null,
  needs: { cdi: null, nodes: [] },
};

async function factsOf(file: string, settled: SettledInputs = {}) {
  const read = await readModel(file);
  if (!read.ok) throw new Error(read.error[0]?.message);
  return modelFacts(read.value, settled);
}

/** What the rules say of a model that is written to disk and read as any other. */
async function findings(model: TinyModel, settled?: SettledInputs) {
  const folder = await recipeFolder({ "m.onnx": tinyModel(model) });
  return poplarFindings(await factsOf(join(folder.path, "m.onnx"), settled));
}

const query = (over: Partial<CandidateQuery> = {}): CandidateQuery => ({ target: MK2, precision: "float32", options: {}, ...over });

test("the digits model: its open batch is the recipe's to give, and its opset is no refusal", async () => {
  const file = inRepository("recipes/digits/digits.onnx");
  expect(poplarFindings(await factsOf(file))).toMatchObject([
    { rule: "open-size", refuses: true, mend: "give `model.shapes.image` in the recipe" },
    {
      rule: "opset",
      refuses: false,
      message: "PopART reads opset 6 to 11, and this is opset 13; preparing brings it to 11 where its operators allow",
    },
  ]);
  const settled = await factsOf(file, { shapes: { image: [1, 1, 8, 8] } });
  expect(poplar.canCompile(query({ model: settled }))).toEqual({ yes: true });
});

test("a quantised model is refused in planning, with the mend", async () => {
  const nodes = [{ opType: "DequantizeLinear", input: ["x", "x"], output: ["y"] }];
  const found = await findings({ opset: 11, nodes });
  expect(found).toMatchObject([{ rule: "quantised", refuses: true }]);
  const model = { prepared: false, opset: 11, operators: { DequantizeLinear: 1 }, openInputs: [] };
  expect(poplar.canCompile(query({ model }))).toEqual({
    yes: false,
    why: "PopART has no quantised inference, and the model holds DequantizeLinear; give the model as it was before it was quantised",
  });
});

test("an open size counts until the recipe gives it or binds the input", async () => {
  const model: TinyModel = { opset: 11, inputs: [{ name: "x", shape: ["n", 4] }] };
  expect(await findings(model)).toMatchObject([{ rule: "open-size", refuses: true }]);
  expect(await findings(model, { shapes: { x: [1, 4] } })).toEqual([]);
  expect(await findings(model, { bind: { x: 1 } })).toEqual([]);
});

test("operators of other makers are refused; an unknown one may yet be folded away, but not once the model is prepared", async () => {
  const foreign = { opset: 11, domains: { "com.acme": 1 }, nodes: [{ opType: "Mill", domain: "com.acme", input: ["x"], output: ["y"] }] };
  expect(await findings(foreign)).toMatchObject([{ rule: "domain", refuses: true, message: expect.stringContaining("com.acme") }]);
  const unknown = { opset: 11, operators: { Det: 1 }, openInputs: [] };
  expect(poplarFindings({ ...unknown, prepared: false })).toMatchObject([{ rule: "operator", refuses: false }]);
  expect(poplarFindings({ ...unknown, prepared: true })).toMatchObject([
    { rule: "operator", refuses: true, message: "PopART does not implement Det" },
  ]);
  expect(poplarFindings({ prepared: true, opset: 17, operators: { Relu: 1 }, openInputs: [] })).toMatchObject([
    { rule: "opset", refuses: true },
  ]);
});

test("targets and precisions that it does not serve", () => {
  const why = (over: Partial<CandidateQuery>) => {
    const support = poplar.canCompile(query(over));
    return support.yes ? null : support.why;
  };
  expect(why({})).toBeNull();
  expect(why({ target: { ...MK2, architecture: "ipu21" } })).toBeNull();
  expect(why({ target: { ...MK2, architecture: "ipu1" } })).toContain("not for ipu1");
  expect(why({ target: { ...MK2, chips: 4 } })).toContain("does not spread one over 4");
  expect(why({ target: { ...MK2, vendor: "acme" } })).toContain("Graphcore's IPUs only");
  expect(why({ precision: "int8" })).toContain("float32");
  expect(why({ precision: "float16" })).toContain("`poplar: { compiler: poprt }` does float16");
  expect(why({ precision: "float16", options: { compiler: "poprt" } })).toBeNull();
  expect(why({ precision: "int8", options: { compiler: "poprt" } })).toContain("float32 and float16 only");
});

test("an IPU of the target's generation runs it; without one, or of another, Poplar's model of one does", () => {
  const ipu = {
    id: "ipu:0",
    device: "ipu",
    vendor: "graphcore",
    name: "IPU",
    memoryBytes: null,
    driver: null,
    grants: [],
    variables: {},
  } as const;
  const emulated = { yes: true, how: "emulated", by: "Poplar's IPUModel" };
  expect(poplar.canRun(query(), HOST)).toEqual(emulated);
  expect(poplar.canRun(query(), { ...HOST, accelerators: [{ ...ipu, architecture: null }] })).toEqual(emulated);
  expect(poplar.canRun(query(), { ...HOST, accelerators: [{ ...ipu, architecture: "ipu2" }] })).toEqual({ yes: true });
});

test("what PopRT makes is emulated nowhere: where there is no IPU it stays compiled", () => {
  expect(poplar.canRun(query({ options: { compiler: "poprt" } }), HOST)).toEqual({ yes: true });
});
