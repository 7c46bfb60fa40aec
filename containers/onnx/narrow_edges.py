"""Wraps inputs and outputs of types that .npy cannot carry (bfloat16, float8) in casts from and to float32."""

from __future__ import annotations

import onnx

from findings import Findings
from graphs import all_graphs

_FLOAT = onnx.TensorProto.FLOAT
_NARROW = frozenset(
    element for name, element in onnx.TensorProto.DataType.items() if name.startswith(("BFLOAT16", "FLOAT8", "FLOAT4", "FLOAT6"))
)


def widen_edges(model: onnx.ModelProto, findings: Findings) -> None:
    """float32 holds every value of these types exactly, so that nothing but the edge changes."""
    graph = model.graph
    for value in graph.input:
        if value.type.tensor_type.elem_type in _NARROW:
            inner = _rename(model, value.name)
            graph.node.insert(0, onnx.helper.make_node("Cast", [value.name], [inner], to=value.type.tensor_type.elem_type))
            _report(value, "input", findings)
    for value in graph.output:
        if value.type.tensor_type.elem_type in _NARROW:
            inner = _rename(model, value.name)
            graph.node.append(onnx.helper.make_node("Cast", [inner], [value.name], to=_FLOAT))
            _report(value, "output", findings)


def _rename(model: onnx.ModelProto, name: str) -> str:
    """Gives a tensor another name wherever a node, of any graph, makes or reads it."""
    inner = f"{name}__narrow"
    for graph in all_graphs(model.graph):
        for node in graph.node:
            for names in (node.input, node.output):
                for place, used in enumerate(names):
                    if used == name:
                        names[place] = inner
    return inner


def _report(value: onnx.ValueInfoProto, edge: str, findings: Findings) -> None:
    narrow = onnx.TensorProto.DataType.Name(value.type.tensor_type.elem_type).lower()
    value.type.tensor_type.elem_type = _FLOAT
    findings.changed(f"The {edge} {value.name} is float32 now: {narrow} is cast inside the model.")
