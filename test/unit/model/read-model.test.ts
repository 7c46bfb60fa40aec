import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TensorProto_DataType as Type } from "onnx-buf";
import { expect, onTestFinished, test } from "vitest";
import { MAX_OPSET } from "../../../src/model/decode-model.ts";
import { elementTypeName, tensorBytes } from "../../../src/model/element-type.ts";
import { modelFailure } from "../../../src/model/model-fault.ts";
import { readModel } from "../../../src/model/read-model.ts";
import { subgraph, type TinyModel, tinyModel } from "../../rig/onnx-models.ts";
import { sha256 } from "../../rig/recipe-folder.ts";

async function written(model: TinyModel) {
  const folder = await mkdtemp(join(tmpdir(), "fettle-model-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const bytes = tinyModel(model);
  await writeFile(join(folder, "m.onnx"), bytes);
  return { path: join(folder, "m.onnx"), bytes };
}

test("a summary says what the model is", async () => {
  const { path, bytes } = await written({
    inputs: [
      { name: "x", shape: ["batch", 3, null, -1] },
      { name: "w", shape: [2] },
      { name: "ids", type: Type.INT64, shape: [] },
      { name: "any", type: Type.BFLOAT16, shape: null },
    ],
    weights: [{ name: "w", shape: [2] }],
    domains: { "com.example": 3 },
    metadata: { labels: "a,b" },
  });
  expect(await readModel(path)).toEqual({
    ok: true,
    value: {
      path,
      bytes: bytes.length,
      digest: `sha256:${sha256(bytes)}`,
      irVersion: 8,
      producer: { name: "rig", version: "3" },
      graphName: "tiny",
      opsets: { "ai.onnx": 17, "com.example": 3 },
      inputs: [
        { name: "x", type: "float32", shape: ["batch", 3, null, null] },
        { name: "ids", type: "int64", shape: [] },
        { name: "any", type: "bfloat16", shape: null },
      ],
      outputs: [{ name: "y", type: "float32", shape: [1, 4] }],
      weights: new Set(["w"]),
      operators: { Relu: 1 },
      nodes: 1,
      subgraphs: 0,
      metadata: { labels: "a,b" },
      externalData: [],
    },
  });
});

test("operators are counted in subgraphs too, most used first", async () => {
  const inner = subgraph("then_branch", [{ opType: "Add" }, { opType: "If", attribute: [subgraph("else_branch", [{ opType: "Add" }])] }]);
  const { path } = await written({
    nodes: [{ opType: "If", attribute: [inner] }, { opType: "Gelu", domain: "com.microsoft" }, { opType: "Add" }],
  });
  const result = await readModel(path);
  expect(result.ok && { ...result.value.operators }).toEqual({ Add: 3, If: 2, "com.microsoft:Gelu": 1 });
  expect(result.ok && Object.keys(result.value.operators)).toEqual(["Add", "If", "com.microsoft:Gelu"]);
  expect(result.ok && [result.value.nodes, result.value.subgraphs]).toEqual([6, 2]);
});

test("external data of a subgraph's weights is found", async () => {
  const branch = subgraph("then_branch", [], [{ name: "deep", shape: [2], external: { location: "deep.bin" } }]);
  const { path } = await written({ nodes: [{ opType: "If", attribute: [branch] }] });
  const result = await readModel(path);
  expect(result.ok ? [] : result.error.map(({ code, message }) => [code, message])).toEqual([
    ["external-data-missing", "the model's external data deep.bin is not there"],
  ]);
});

test("every faulty external file is told of, and a failure sums them up", async () => {
  const external = (name: string, location: string) => ({ name, shape: [2], external: { location } });
  const { path } = await written({ weights: [external("a", "a.bin"), external("b", "../b.bin"), external("c", "a.bin")] });
  const result = await readModel(path);
  const faults = result.ok ? [] : result.error;
  expect(faults.map(({ code }) => code)).toEqual(["external-data-missing", "external-data-escapes"]);
  expect(modelFailure(faults)).toMatchObject({
    reason: "invalid-model",
    message: "the model's external data a.bin is not there (and 1 more like it)",
  });
});

test("messages use the name they are given for the file", async () => {
  const { path } = await written({ opset: MAX_OPSET + 1 });
  const result = await readModel(path, "models/m.onnx");
  expect(result.ok ? "" : result.error[0]?.message).toBe(
    `models/m.onnx uses opset ${MAX_OPSET + 1}; the newest that is supported is ${MAX_OPSET}`,
  );
});

test("sizes of packed element types", () => {
  expect([Type.FLOAT, Type.INT4, Type.UINT2, Type.STRING, Type.BOOL].map((type) => tensorBytes(type, 5))).toEqual([20, 3, 2, null, 5]);
  expect(elementTypeName(99)).toBe("type 99");
});
