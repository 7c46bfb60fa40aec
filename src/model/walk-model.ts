import type { GraphProto, ModelProto, NodeProto, TensorProto } from "onnx-buf";

/** What a walk through a model meets, subgraphs and functions included. */
export interface ModelVisitor {
  onNode?(node: NodeProto): void;
  onTensor?(tensor: TensorProto): void;
  onSubgraph?(graph: GraphProto): void;
}

/** Walks every node and tensor of a model, with a list of its own so that deep nesting cannot overflow the stack. */
export function walkModel(model: ModelProto, visitor: ModelVisitor): void {
  const graphs: GraphProto[] = model.graph === undefined ? [] : [model.graph];
  for (const definition of model.functions) visitNodes(definition.node, visitor, graphs);
  for (let graph = graphs.pop(); graph !== undefined; graph = graphs.pop()) {
    for (const tensor of graph.initializer) visitor.onTensor?.(tensor);
    for (const { values, indices } of graph.sparseInitializer) visitTensors([values, indices], visitor);
    visitNodes(graph.node, visitor, graphs);
  }
}

function visitNodes(nodes: readonly NodeProto[], visitor: ModelVisitor, graphs: GraphProto[]): void {
  for (const node of nodes) {
    visitor.onNode?.(node);
    for (const attribute of node.attribute) {
      const sparse = [attribute.sparseTensor, ...attribute.sparseTensors].flatMap((tensor) => [tensor?.values, tensor?.indices]);
      visitTensors([attribute.t, ...attribute.tensors, ...sparse], visitor);
      const inner = attribute.g === undefined ? attribute.graphs : [attribute.g, ...attribute.graphs];
      for (const graph of inner) visitor.onSubgraph?.(graph);
      graphs.push(...inner);
    }
  }
}

function visitTensors(tensors: readonly (TensorProto | undefined)[], visitor: ModelVisitor): void {
  for (const tensor of tensors) if (tensor !== undefined) visitor.onTensor?.(tensor);
}
