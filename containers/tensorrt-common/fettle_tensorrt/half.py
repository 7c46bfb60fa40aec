"""A float32 model rewritten to compute in float16, with its inputs and outputs as they were.

Every float32 tensor inside becomes float16, except on edges where the ONNX standard does not allow it (the scales of Resize,
Q/DQ pairs); there a Cast is put in. A weight beyond float16's range is limited to it, so that a mask of -3.4e38 stays a mask.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from fettle_tensorrt.half_edges import EdgeRule, edge_rule
from fettle_worker import WorkerError

_LARGEST = float(np.finfo(np.float16).max)


@dataclass
class HalfReport:
    #: Nodes that compute in float16, and the operators of those that could not.
    halved: int = 0
    kept: Counter[str] = field(default_factory=Counter)
    #: Weights beyond float16's range, and weights so small that they became zero.
    limited: int = 0
    vanished: int = 0
    weights: int = 0

    def notes(self) -> list[str]:
        said = []
        if self.kept:
            operators = ", ".join(f"{count} {name}" for name, count in sorted(self.kept.items()))
            said.append(f"nodes that stay in float32, since ONNX has no float16 for them: {operators}")
        if self.limited:
            said.append(f"{self.limited} of {self.weights} weights lie beyond float16's range and were limited to {_LARGEST:g}")
        if self.vanished:
            said.append(f"{self.vanished} of {self.weights} weights are too small for float16 and became zero")
        return said


def to_half(model: onnx.ModelProto) -> HalfReport:
    """Rewrites `model` in place. Raises WorkerError `unsupported-operator` for control flow, whose inner graphs are left alone."""
    _refuse_control_flow(model.graph)
    return _Halving(model).run()


def _refuse_control_flow(graph: onnx.GraphProto) -> None:
    for node in graph.node:
        if any(attribute.type in (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS) for attribute in node.attribute):
            name = node.name or next(iter(node.output), "")
            message = f"the {node.op_type} node {name!r} holds a graph of its own, which is not converted to float16"
            hint = "leave `float16` out of `try.precision`, or bind the input that its condition follows from (`model.bind`)"
            raise WorkerError("unsupported-operator", message, {"node": name, "operator": node.op_type, "hint": hint})


class _Halving:
    """Each float32 tensor has two forms, of which one is native (as its maker gives it); the other is made by a Cast where it is wanted."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.graph = model.graph
        self.opset = next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), 1)
        self.float32 = _float32_tensors(model)
        self.edges = {value.name for value in [*model.graph.input, *model.graph.output]}
        self.taken = {name for node in model.graph.node for name in (*node.input, *node.output)} | self.edges
        self.weights = {tensor.name: tensor for tensor in model.graph.initializer}
        self.report = HalfReport()
        #: Forms that something reads, by the tensor's name: is it wanted in float16, in float32?
        self.wanted: dict[str, set[bool]] = {}

    def run(self) -> HalfReport:
        rules = [edge_rule(node, self.opset) for node in self.graph.node]
        for node, rule in zip(self.graph.node, rules, strict=True):
            for name, half in zip(node.input, rule.inputs, strict=True):
                if name in self.float32:
                    self.wanted.setdefault(name, set()).add(half)
        for value in self.graph.output:
            if value.name in self.float32:
                self.wanted.setdefault(value.name, set()).add(False)
        nodes = [cast for value in self.graph.input for cast in self._casts(value.name, native_half=False)]
        nodes += self._convert_weights()
        for node, rule in zip(list(self.graph.node), rules, strict=True):
            nodes += self._convert(node, rule)
        del self.graph.node[:]
        self.graph.node.extend(nodes)
        # What the graph says of inner tensors' types no longer holds.
        del self.graph.value_info[:]
        return self.report

    def _form(self, name: str, half: bool) -> str:
        """The name of one form. Edges of the model keep theirs for float32, all others for float16."""
        if half == (name not in self.edges):
            return name
        form = f"{name}__{'float16' if half else 'float32'}"
        while form in self.taken:
            form += "_"
        return form

    def _casts(self, name: str, native_half: bool) -> list[onnx.NodeProto]:
        """The Cast that makes the other form, where anything reads it."""
        other = not native_half
        if name not in self.float32 or other not in self.wanted.get(name, ()):
            return []
        source, target = self._form(name, native_half), self._form(name, other)
        kind = TensorProto.FLOAT16 if other else TensorProto.FLOAT
        return [helper.make_node("Cast", [source], [target], name=f"{target}/Cast", to=kind)]

    def _convert_weights(self) -> list[onnx.NodeProto]:
        """Weights need no Cast: each form that is read is stored."""
        kept = [tensor for tensor in self.graph.initializer if tensor.name not in self.float32]
        for name, tensor in self.weights.items():
            if name not in self.float32:
                continue
            values = numpy_helper.to_array(tensor)
            for half in sorted(self.wanted.get(name, ())):
                converted = self._halved(values) if half else values
                kept.append(numpy_helper.from_array(converted, self._form(name, half)))
        del self.graph.initializer[:]
        self.graph.initializer.extend(kept)
        return []

    def _halved(self, values: np.ndarray) -> np.ndarray:
        beyond = np.isfinite(values) & (np.abs(values) > _LARGEST)
        self.report.weights += values.size
        self.report.limited += int(np.count_nonzero(beyond))
        halved = np.where(beyond, np.sign(values) * _LARGEST, values).astype(np.float16)
        self.report.vanished += int(np.count_nonzero((halved == 0) & (values != 0)))
        return halved

    def _convert(self, node: onnx.NodeProto, rule: EdgeRule) -> list[onnx.NodeProto]:
        inputs = [self._form(name, half) if name in self.float32 else name for name, half in zip(node.input, rule.inputs, strict=True)]
        outputs, casts = [], []
        for name, half in zip(node.output, rule.outputs, strict=True):
            native_half = half and name in self.float32
            outputs.append(self._form(name, native_half) if name in self.float32 else name)
            casts += self._casts(name, native_half)
        self._count(node, rule)
        self._retype(node, rule)
        del node.input[:], node.output[:]
        node.input.extend(inputs)
        node.output.extend(outputs)
        return [node, *casts]

    def _count(self, node: onnx.NodeProto, rule: EdgeRule) -> None:
        floats = [half for name, half in zip(node.output, rule.outputs, strict=True) if name in self.float32]
        if not floats:
            return
        if all(floats):
            self.report.halved += 1
        else:
            self.report.kept[node.op_type] += 1

    def _retype(self, node: onnx.NodeProto, rule: EdgeRule) -> None:
        """Attributes that say float32 where the output no longer is."""
        if not any(half and name in self.float32 for name, half in zip(node.output, rule.outputs, strict=True)):
            return
        for attribute in node.attribute:
            if attribute.name in ("to", "dtype") and attribute.i == TensorProto.FLOAT:
                attribute.i = TensorProto.FLOAT16
            elif attribute.name == "value" and attribute.t.data_type == TensorProto.FLOAT:
                attribute.t.CopyFrom(numpy_helper.from_array(self._halved(numpy_helper.to_array(attribute.t)), attribute.t.name))
        if node.op_type == "ConstantOfShape" and not node.attribute:
            node.attribute.append(helper.make_attribute("value", numpy_helper.from_array(np.zeros(1, np.float16))))


def _float32_tensors(model: onnx.ModelProto) -> set[str]:
    """Names of all float32 tensors, by shape and type inference."""
    try:
        graph = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
    except ValueError as error:
        raise WorkerError("unsupported-model", f"the model is too large to be converted to float16: {error}") from error
    values = [*graph.input, *graph.output, *graph.value_info]
    named = {value.name for value in values if value.type.tensor_type.elem_type == TensorProto.FLOAT}
    return named | {tensor.name for tensor in graph.initializer if tensor.data_type == TensorProto.FLOAT}
