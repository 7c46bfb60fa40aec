"""Walks over a model's graph and the graphs inside its nodes (branches of If, bodies of Loop and Scan)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import onnx


def all_graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """The graph itself, then every graph nested in it, at any depth."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from all_graphs(attribute.g)
            for nested in attribute.graphs:
                yield from all_graphs(nested)


def all_tensors(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    """Every tensor the model holds: initialisers and constants in attributes, in all graphs."""
    for each in all_graphs(graph):
        yield from each.initializer
        for node in each.node:
            for attribute in node.attribute:
                if attribute.HasField("t"):
                    yield attribute.t
                yield from attribute.tensors


def count_operators(graph: onnx.GraphProto) -> dict[str, int]:
    """Operator -> number of nodes, nested graphs included; operators of other domains carry their domain's name."""
    counts = Counter(
        f"{node.domain}.{node.op_type}" if node.domain not in ("", "ai.onnx") else node.op_type
        for each in all_graphs(graph)
        for node in each.node
    )
    return dict(sorted(counts.items()))


def used_domains(model: onnx.ModelProto) -> set[str]:
    """Domains of the operators in use, with ai.onnx as the empty string."""
    bodies = [node for function in model.functions for node in function.node]
    nodes = [node for graph in all_graphs(model.graph) for node in graph.node] + bodies
    return {"" if node.domain == "ai.onnx" else node.domain for node in nodes}


def default_opset(model: onnx.ModelProto) -> int:
    """Version of the ai.onnx operators; 1 where a model does not import them, as the ONNX standard reads it."""
    return next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), 1)
