"""Lowers a model's opset for a toolchain that stopped at an older one.

onnx's own converter goes down for few operators: it refuses even Relu, of which nothing but the list of types has changed. So each
node is written in the older form by comparing the two definitions of its operator. What has no older form is refused by its name.
"""

from __future__ import annotations

import onnx
from onnx import defs, helper, numpy_helper

from fettle_worker import WorkerError
from findings import Findings
from graphs import all_graphs, default_opset
from model_file import LoadedModel
from sessions import can_load

_STANDARD = ("", "ai.onnx")

#: Their axis meant another thing until opset 13: all axes from it on were one. Along the last axis both mean the same.
_COERCED = frozenset({"Softmax", "LogSoftmax", "Hardmax"})
_COERCED_UNTIL = 13


def lower_opset(model: LoadedModel, highest: int, findings: Findings) -> None:
    """Writes the model in opset `highest` if its own is newer; shapes must have been inferred.

    Raises WorkerError `unsupported-operator` for a node that has no older form, `unsupported-model` where the whole cannot be lowered.
    """
    current = default_opset(model.proto)
    if current <= highest:
        return
    if model.proto.functions:
        raise _refused(highest, "it defines functions of its own")
    ranks = _ranks(model.proto.graph)
    for graph in all_graphs(model.proto.graph):
        known = {tensor.name: tensor for tensor in graph.initializer}
        for node in graph.node:
            if node.domain in _STANDARD:
                _Lowering(node, current, highest).apply(known, ranks)
    for entry in model.proto.opset_import:
        if entry.domain in _STANDARD:
            entry.version = highest
    _drop_unread(model.proto.graph)
    if model.weights is None:
        refusal = can_load(model.proto)
        if refusal:
            raise _refused(highest, f"ONNX Runtime does not load the result: {refusal}")
    findings.changed(f"Opset lowered from {current} to {highest}.")


class _Lowering:
    """One node, from its operator's definition in `current` to that in `highest`."""

    def __init__(self, node: onnx.NodeProto, current: int, highest: int) -> None:
        self._node = node
        self._highest = highest
        if not defs.has(node.op_type, "") or defs.get_schema(node.op_type, 1 << 16).domain not in _STANDARD:
            raise self._refusal("it is no operator of the ONNX standard")
        self._newer = defs.get_schema(node.op_type, current)
        try:
            self._older = defs.get_schema(node.op_type, highest)
        except defs.SchemaError as error:
            raise self._refusal(f"the operator came with opset {_first_version(node.op_type)}") from error

    def apply(self, known: dict[str, onnx.TensorProto], ranks: dict[str, int]) -> None:
        if self._newer.since_version == self._older.since_version:
            return
        if self._node.op_type in _COERCED and self._older.since_version < _COERCED_UNTIL:
            self._lower_axis(ranks)
        self._move_inputs(known)
        self._drop_attributes()
        if len(self._node.output) > self._older.max_output:
            raise self._refusal(f"it has {len(self._node.output)} outputs, and had at most {self._older.max_output}")

    def _lower_axis(self, ranks: dict[str, int]) -> None:
        rank = ranks.get(self._node.input[0])
        axis = next((each.i for each in self._node.attribute if each.name == "axis"), -1)
        if rank is None or axis not in (-1, rank - 1):
            raise self._refusal("its axis is not the last one, and meant another thing then")
        self._set("axis", helper.make_attribute("axis", rank - 1))

    def _move_inputs(self, known: dict[str, onnx.TensorProto]) -> None:
        """An input that used to be an attribute of the same name becomes one again, if its value is known."""
        while len(self._node.input) > self._older.max_input:
            name = self._node.input[-1]
            role = self._newer.inputs[len(self._node.input) - 1].name
            if name and role in self._older.attributes and name in known:
                self._set(role, helper.make_attribute(role, numpy_helper.to_array(known[name]).tolist()))
            elif name:
                raise self._refusal(f"its input `{role}` has no place in that form, or is computed")
            del self._node.input[-1]

    def _drop_attributes(self) -> None:
        """An attribute that came later may go where it says what was true without it."""
        for attribute in list(self._node.attribute):
            if attribute.name in self._older.attributes:
                continue
            definition = self._newer.attributes.get(attribute.name)
            default = None if definition is None else definition.default_value
            if default is None or helper.get_attribute_value(attribute) != helper.get_attribute_value(default):
                raise self._refusal(f"its attribute `{attribute.name}` came later")
            self._node.attribute.remove(attribute)

    def _set(self, name: str, attribute: onnx.AttributeProto) -> None:
        for each in [each for each in self._node.attribute if each.name == name]:
            self._node.attribute.remove(each)
        self._node.attribute.append(attribute)

    def _refusal(self, why: str) -> WorkerError:
        name = self._node.name or next(iter(self._node.output), "")
        message = f"the {self._node.op_type} node {name!r} cannot be written in opset {self._highest}: {why}"
        return WorkerError("unsupported-operator", message, {"node": name, "operator": self._node.op_type})


def _refused(highest: int, why: str) -> WorkerError:
    return WorkerError("unsupported-model", f"the model cannot be lowered to opset {highest}: {why}")


def _first_version(operator: str) -> int:
    return min(int(schema.since_version) for schema in defs.get_all_schemas_with_history() if schema.name == operator and not schema.domain)


def _ranks(graph: onnx.GraphProto) -> dict[str, int]:
    values = [*graph.input, *graph.value_info, *graph.output]
    return {value.name: len(value.type.tensor_type.shape.dim) for value in values if value.type.tensor_type.HasField("shape")}


def _drop_unread(graph: onnx.GraphProto) -> None:
    """Values that became attributes are read by nobody any more."""
    read = {name for each in all_graphs(graph) for node in each.node for name in node.input} | {value.name for value in graph.output}
    kept = [tensor for tensor in graph.initializer if tensor.name in read]
    del graph.initializer[:]
    graph.initializer.extend(kept)
