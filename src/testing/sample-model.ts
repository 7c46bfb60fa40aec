import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { seededRandom } from "../measure/statistics/random.ts";

/** The operator that no toolchain has, and its domain. */
export const UNKNOWN_OPERATOR = { name: "Frobnicate", domain: "fettle.testing" } as const;

/**
 * The model that toolchains are tried with: Conv, Relu, Conv, Relu, GlobalAveragePool, Flatten, Gemm, Softmax, opset 17; `x`
 * float32 [1, 3, 16, 16] to `y` float32 [1, 10]. Its weights are always the same, and so is what it computes of images of other sizes.
 */
export function sampleModel(image: readonly [number | string, number | string] = [16, 16]): Uint8Array {
  const random = seededRandom(1);
  const halved = [ints("pads", [1, 1, 1, 1]), ints("strides", [2, 2])];
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: "fettle",
    opsetImport: [{ domain: "", version: 17n }],
    graph: create(GraphProtoSchema, {
      name: "sample",
      node: [
        { opType: "Conv", name: "conv1", input: ["x", "w1", "b1"], output: ["c1"], attribute: halved },
        { opType: "Relu", name: "relu1", input: ["c1"], output: ["r1"] },
        { opType: "Conv", name: "conv2", input: ["r1", "w2", "b2"], output: ["c2"], attribute: halved },
        { opType: "Relu", name: "relu2", input: ["c2"], output: ["r2"] },
        { opType: "GlobalAveragePool", name: "pool", input: ["r2"], output: ["p"] },
        { opType: "Flatten", name: "flatten", input: ["p"], output: ["f"] },
        { opType: "Gemm", name: "fc", input: ["f", "w3", "b3"], output: ["g"], attribute: [ints("transB", 1)] },
        { opType: "Softmax", name: "softmax", input: ["g"], output: ["y"], attribute: [ints("axis", 1)] },
      ].map((node) => create(NodeProtoSchema, node)),
      input: [edge("x", [1, 3, ...image])],
      output: [edge("y", [1, 10])],
      initializer: [...layer(random, "1", [8, 3, 3, 3]), ...layer(random, "2", [16, 8, 3, 3]), ...layer(random, "3", [10, 16])],
    }),
  });
  return toBinary(ModelProtoSchema, model);
}

/** The model with its first operator replaced by one that nobody has; gives the node's name too. */
export function withUnknownOperator(bytes: Uint8Array): { readonly model: Uint8Array; readonly node: string } {
  const model = fromBinary(ModelProtoSchema, bytes);
  const [node] = model.graph?.node ?? [];
  if (node === undefined) throw new Error("the sample model has no nodes");
  node.opType = UNKNOWN_OPERATOR.name;
  node.domain = UNKNOWN_OPERATOR.domain;
  node.attribute = [];
  model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: UNKNOWN_OPERATOR.domain, version: 1n }));
  return { model: toBinary(ModelProtoSchema, model), node: node.name };
}

/** The model with `shift` added to each element of its float32 outputs: what a wrong compilation would give. */
export function withShiftedOutputs(bytes: Uint8Array, shift: number): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  const outputs = model.graph?.output.map(({ name }) => name) ?? [];
  for (const name of outputs) shiftOutput(model, name, shift);
  return toBinary(ModelProtoSchema, model);
}

function shiftOutput({ graph }: ModelProto, output: string, shift: number): void {
  for (const node of graph?.node ?? []) {
    node.output = node.output.map((name) => (name === output ? `${name}_right` : name));
    node.input = node.input.map((name) => (name === output ? `${name}_right` : name));
  }
  graph?.initializer.push(tensor(`${output}_shift`, [1], [shift]));
  const input = [`${output}_right`, `${output}_shift`];
  graph?.node.push(create(NodeProtoSchema, { opType: "Add", name: `${output}_wrong`, input, output: [output] }));
}

/** Weights by He et al. 2015, variance 2 / fan-in (here uniform), and small biases. */
function layer(random: ReturnType<typeof seededRandom>, name: string, shape: readonly number[]) {
  const fanIn = product(shape.slice(1));
  const width = Math.sqrt(6 / fanIn);
  const draw = (count: number, most: number) => Array.from({ length: count }, () => (random.below(2 ** 24) / 2 ** 23 - 1) * most);
  return [tensor(`w${name}`, shape, draw(product(shape), width)), tensor(`b${name}`, shape.slice(0, 1), draw(shape[0] ?? 0, 0.1))];
}

function tensor(name: string, shape: readonly number[], values: readonly number[]) {
  const rawData = new Uint8Array(Float32Array.from(values).buffer);
  return create(TensorProtoSchema, { name, dims: shape.map(BigInt), dataType: TensorProto_DataType.FLOAT, rawData });
}

function edge(name: string, shape: readonly (number | string)[]): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = shape.map((size) => ({ value: dimension(size) }));
  const value = { elemType: TensorProto_DataType.FLOAT, shape: { dim } };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: "tensorType", value } } });
}

function dimension(size: number | string) {
  return typeof size === "number" ? { case: "dimValue" as const, value: BigInt(size) } : { case: "dimParam" as const, value: size };
}

function ints(name: string, value: number | readonly number[]) {
  if (typeof value === "number") return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) });
  return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INTS, ints: value.map(BigInt) });
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}
