"""Turns Constant nodes into initialisers: quantisers and importers look for weights there only."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from findings import Findings, counted
from graphs import all_graphs


def hoist_constants(model: onnx.ModelProto, findings: Findings) -> None:
    """Does so in the graph and in all graphs nested in it. Sparse constants stay nodes."""
    moved = sum(_hoist(graph) for graph in all_graphs(model.graph))
    if moved:
        # Before IR version 4 an initialiser had to be an input as well.
        model.ir_version = max(model.ir_version, 4)
        findings.changed(f"{counted(moved, 'Constant node')} turned into initialisers.")


def _hoist(graph: onnx.GraphProto) -> int:
    kept, tensors = [], []
    for node in graph.node:
        tensor = _constant(node)
        if tensor is None:
            kept.append(node)
        else:
            tensors.append(tensor)
    if tensors:
        del graph.node[:]
        graph.node.extend(kept)
        graph.initializer.extend(tensors)
    return len(tensors)


def _constant(node: onnx.NodeProto) -> onnx.TensorProto | None:
    if node.op_type != "Constant" or node.domain not in ("", "ai.onnx") or len(node.attribute) != 1:
        return None
    attribute = node.attribute[0]
    name = node.output[0]
    match attribute.name:
        case "value":
            tensor = onnx.TensorProto()
            tensor.CopyFrom(attribute.t)
            tensor.name = name
            return tensor
        case "value_float" | "value_int" | "value_string":
            return _tensor(name, attribute.name, [onnx.helper.get_attribute_value(attribute)], ())
        case "value_floats" | "value_ints" | "value_strings":
            values = list(onnx.helper.get_attribute_value(attribute))
            return _tensor(name, attribute.name, values, (len(values),))
    return None


def _tensor(name: str, kind: str, values: list[Any], shape: tuple[int, ...]) -> onnx.TensorProto:
    if "string" in kind:
        return onnx.helper.make_tensor(name, onnx.TensorProto.STRING, shape, values)
    dtype = np.float32 if "float" in kind else np.int64
    return numpy_helper.from_array(np.array(values, dtype).reshape(shape), name)
