"""Reads the prepared ONNX model into TVM's graph, and turns what the importer refuses into a failure that names the node."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import onnx
import tvm
from fettle_worker import WorkerError
from tvm.relax.frontend.onnx import from_onnx

#: `OpNotImplemented: The following operators are not supported for frontend ONNX: LSTM, GRU`
_MISSING = re.compile(r"operators are not supported for frontend ONNX: (?P<operators>.+)")


def import_model(path: Path) -> tvm.ir.IRModule:
    """Raises WorkerError `unsupported-operator` for operators TVM has no import for, `unsupported-model` for any other refusal."""
    model = onnx.load(path)
    try:
        return from_onnx(model)
    # The importer raises whatever its Python and C++ parts raise: TypeError, ValueError, InternalError and errors of its own.
    except Exception as error:
        raise import_failure(str(error), model) from error


def import_failure(message: str, model: onnx.ModelProto) -> WorkerError:
    """The failure to report for `message`, which TVM's importer raised for `model`."""
    missing = _MISSING.search(message)
    if missing is None:
        reason = _last_line(message)
        return WorkerError("unsupported-model", f"TVM cannot import the model: {reason}", {"keyLine": reason})
    operators = [name.strip() for name in missing.group("operators").split(",")]
    first = operators[0]
    node = next((_name(node) for node in _nodes(model.graph) if node.op_type == first), "")
    others = f" (also missing: {', '.join(operators[1:])})" if len(operators) > 1 else ""
    at = f", which node {node!r} needs" if node else ""
    details = {"node": node, "operator": first, "operators": operators, "keyLine": missing.group(0)}
    return WorkerError("unsupported-operator", f"TVM has no import for the operator {first}{at}{others}", details)


def _nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from _nodes(attribute.g)


def _name(node: onnx.NodeProto) -> str:
    """The name a user can find the node by: its own, or its first output's where it has none."""
    return node.name or (node.output[0] if node.output else "")


def _last_line(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it gave no reason"
