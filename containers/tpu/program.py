"""An ONNX model as one jax function: node after node, by the table of operators."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import onnx
from google.protobuf.message import DecodeError
from onnx import helper, numpy_helper

from fettle_worker import WorkerError
from node import Array, Node
from operators import OPERATORS

#: Older operator sets define Softmax and its like otherwise. Prepared models are never that old.
_OLDEST_OPSET = 13
_STANDARD = ("", "ai.onnx")


class Program:
    """`run` takes the free inputs and gives the outputs, both in the model's order. Weights are constants of the program."""

    def __init__(self, model: onnx.ModelProto) -> None:
        """Raises WorkerError `unsupported-operator` or `unsupported-model`, before anything is traced where that can be told."""
        graph = model.graph
        _check_opset(model)
        self._known: dict[str, Array] = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        self._nodes = list(graph.node)
        for node in self._nodes:
            _check_node(node)
        self.inputs = [value.name for value in graph.input if value.name not in self._known]
        self.outputs = [value.name for value in graph.output]

    @property
    def operators(self) -> list[str]:
        """Operator of each node, in order."""
        return [node.op_type for node in self._nodes]

    def run(self, *given: Array) -> tuple[Array, ...]:
        values = {**self._known, **dict(zip(self.inputs, given, strict=True))}
        for node in self._nodes:
            results = _lower(node, [values[name] if name else None for name in node.input])
            # A node may have fewer outputs than its operator can give.
            values.update({name: result for name, result in zip(node.output, results, strict=False) if name})
        return tuple(values[name] for name in self.outputs)


def read_program(path: Path) -> Program:
    """Raises WorkerError: `invalid-model` for what is no ONNX, and what `Program` raises."""
    try:
        model = onnx.load(path)
    except DecodeError as error:
        raise WorkerError("invalid-model", f"the file is not an ONNX model: {error}") from error
    return Program(model)


def _check_opset(model: onnx.ModelProto) -> None:
    opset = next((entry.version for entry in model.opset_import if entry.domain in _STANDARD), None)
    if opset is None or opset < _OLDEST_OPSET:
        raise WorkerError(
            "unsupported-model", f"the model's operator set is {opset}; the lowering for TPUs takes {_OLDEST_OPSET} and newer"
        )


def _check_node(node: onnx.NodeProto) -> None:
    if node.op_type == "Constant" and node.domain in _STANDARD:
        return
    entry = OPERATORS.get(node.op_type) if node.domain in _STANDARD else None
    name, operator = _name(node), f"{node.domain}:{node.op_type}" if node.domain not in _STANDARD else node.op_type
    details = {"node": name, "operator": operator}
    if entry is None:
        message = f"there is no lowering of the operator {operator} for TPUs, which the node {name!r} needs"
        raise WorkerError("unsupported-operator", message, details)
    unheeded = sorted({attribute.name for attribute in node.attribute} - entry.attributes)
    if unheeded:
        message = f"the {operator} node {name!r} cannot be lowered for TPUs: its attribute `{unheeded[0]}` is not served"
        raise WorkerError("unsupported-operator", message, details)


def _name(node: onnx.NodeProto) -> str:
    """A node without a name is known by what it makes."""
    return node.name or next(iter(node.output), "")


def _lower(node: onnx.NodeProto, inputs: Iterable[Array | None]) -> tuple[Array, ...]:
    attributes: dict[str, Any] = {each.name: helper.get_attribute_value(each) for each in node.attribute}
    if node.op_type == "Constant":
        return (_constant(node, attributes),)
    seen = Node(_name(node), node.op_type, attributes, tuple(inputs), tuple(node.output))
    try:
        result = OPERATORS[node.op_type].lower(seen)
    except (TypeError, ValueError) as error:
        # jax is asked for what it cannot do: a type or a shape that the operator allows and XLA does not.
        raise seen.refusal(str(error).strip().splitlines()[0]) from error
    return result if isinstance(result, tuple) else (result,)


def _constant(node: onnx.NodeProto, attributes: dict[str, Any]) -> Array:
    if "value" not in attributes:
        message = f"the Constant node {_name(node)!r} holds no tensor"
        raise WorkerError("unsupported-operator", message, {"node": _name(node), "operator": "Constant"})
    return numpy_helper.to_array(attributes["value"])
