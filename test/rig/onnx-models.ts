import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";

export interface TinyInput {
  readonly name: string;
  readonly type?: number;
  /** Null: no shape at all. A null size has neither a value nor a name. */
  readonly shape: readonly (number | string | null)[] | null;
}

export interface TinyWeight {
  readonly name: string;
  readonly shape: readonly number[];
  /** `location`, `offset` and `length` of external data; without it the weight lies inside. */
  readonly external?: Readonly<Record<string, string>>;
}

export interface TinyModel {
  readonly inputs?: readonly TinyInput[];
  readonly weights?: readonly TinyWeight[];
  readonly opset?: number;
  readonly domains?: Readonly<Record<string, number>>;
  readonly nodes?: readonly MessageInitShape<typeof NodeProtoSchema>[];
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The bytes of a small model: its first input through Relu, unless nodes are given. */
export function tinyModel({ inputs = [{ name: "x", shape: [1, 4] }], weights = [], opset = 17, ...rest }: TinyModel = {}): Uint8Array {
  const first = inputs[0]?.name ?? "x";
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: "rig",
    producerVersion: "3",
    opsetImport: [
      { domain: "", version: BigInt(opset) },
      ...Object.entries(rest.domains ?? {}).map(([domain, version]) => ({ domain, version: BigInt(version) })),
    ],
    metadataProps: Object.entries(rest.metadata ?? {}).map(([key, value]) => ({ key, value })),
    graph: create(GraphProtoSchema, {
      name: "tiny",
      node: (rest.nodes ?? [{ opType: "Relu", name: "relu", input: [first], output: ["y"] }]).map((node) => create(NodeProtoSchema, node)),
      input: inputs.map(valueInfo),
      output: [valueInfo({ name: "y", shape: [1, 4] })],
      initializer: weights.map(weight),
    }),
  });
  return toBinary(ModelProtoSchema, model);
}

/** An attribute that holds a subgraph of some nodes. */
export function subgraph(name: string, nodes: readonly MessageInitShape<typeof NodeProtoSchema>[], weights: readonly TinyWeight[] = []) {
  return create(AttributeProtoSchema, {
    name,
    type: AttributeProto_AttributeType.GRAPH,
    g: create(GraphProtoSchema, { node: nodes.map((node) => create(NodeProtoSchema, node)), initializer: weights.map(weight) }),
  });
}

function valueInfo({ name, type = TensorProto_DataType.FLOAT, shape }: TinyInput) {
  const dims = shape?.map((size) => ({ value: dimension(size) }));
  const tensor = { elemType: type, ...(dims !== undefined && { shape: { dim: dims } }) };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: "tensorType", value: tensor } } });
}

function dimension(size: number | string | null) {
  if (typeof size === "number") return { case: "dimValue" as const, value: BigInt(size) };
  return size === null ? { case: undefined } : { case: "dimParam" as const, value: size };
}

function weight({ name, shape, external }: TinyWeight) {
  const elements = shape.reduce((product, size) => product * size, 1);
  const common = { name, dims: shape.map(BigInt), dataType: TensorProto_DataType.FLOAT };
  if (external === undefined) return create(TensorProtoSchema, { ...common, rawData: new Uint8Array(4 * elements) });
  const externalData = Object.entries(external).map(([key, value]) => ({ key, value }));
  return create(TensorProtoSchema, { ...common, dataLocation: TensorProto_DataLocation.EXTERNAL, externalData });
}
