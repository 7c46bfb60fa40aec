import type { GraphProto, ModelProto, TypeProto, ValueInfoProto } from "onnx-buf";
import { elementTypeName } from "./element-type.ts";
import type { Dimension, ModelSummary, ModelTensor } from "./model-summary.ts";
import { walkModel } from "./walk-model.ts";

/** What the graph itself says, without the file it came in. */
export type GraphSummary = Omit<ModelSummary, "path" | "bytes" | "digest" | "externalData">;

export function summariseModel(model: ModelProto, graph: GraphProto): GraphSummary {
  const weights = new Set([
    ...graph.initializer.map(({ name }) => name),
    ...graph.sparseInitializer.map(({ values }) => values?.name ?? ""),
  ]);
  return {
    irVersion: Number(model.irVersion),
    producer: { name: model.producerName, version: model.producerVersion },
    graphName: graph.name,
    opsets: Object.fromEntries(model.opsetImport.map(({ domain, version }) => [domain === "" ? "ai.onnx" : domain, Number(version)])),
    inputs: graph.input.filter(({ name }) => !weights.has(name)).map(tensorOf),
    outputs: graph.output.map(tensorOf),
    weights,
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
    ...countNodes(model),
  };
}

function countNodes(model: ModelProto): Pick<GraphSummary, "operators" | "nodes" | "subgraphs"> {
  const counts = new Map<string, number>();
  let nodes = 0;
  let subgraphs = 0;
  walkModel(model, {
    onNode({ domain, opType }) {
      const operator = domain === "" || domain === "ai.onnx" ? opType : `${domain}:${opType}`;
      counts.set(operator, (counts.get(operator) ?? 0) + 1);
      nodes++;
    },
    onSubgraph() {
      subgraphs++;
    },
  });
  const ordered = [...counts].sort(([left, few], [right, many]) => many - few || (left < right ? -1 : 1));
  return { operators: Object.fromEntries(ordered), nodes, subgraphs };
}

function tensorOf({ name, type }: ValueInfoProto): ModelTensor {
  if (type?.value.case !== "tensorType") return { name, type: kindOf(type), shape: null };
  const { elemType, shape } = type.value.value;
  return { name, type: elementTypeName(elemType), shape: shape === undefined ? null : shape.dim.map(({ value }) => dimensionOf(value)) };
}

// Exporters write an unnamed dimension as nothing, as an empty name, or as a size below one.
function dimensionOf(
  value:
    | { readonly case: "dimValue"; readonly value: bigint }
    | { readonly case: "dimParam"; readonly value: string }
    | { readonly case: undefined },
): Dimension {
  if (value.case === "dimValue") return value.value > 0n ? Number(value.value) : null;
  return value.case === "dimParam" && value.value !== "" ? value.value : null;
}

const KINDS: Readonly<Record<string, string>> = {
  sequenceType: "sequence",
  mapType: "map",
  optionalType: "optional",
  sparseTensorType: "sparse tensor",
};

function kindOf(type: TypeProto | undefined): string {
  return KINDS[type?.value.case ?? ""] ?? "untyped";
}
