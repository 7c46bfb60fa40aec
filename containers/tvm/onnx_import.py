"""ONNX to TVM's graph, with a refusal that names the ONNX node."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import onnx
import tvm
from tvm import ir
from tvm.relax.frontend.onnx import from_onnx

from fettle_worker import WorkerError

#: onnx_frontend.py of TVM 0.27, `_check_for_unsupported_ops`.
_UNSUPPORTED = re.compile(r"operators are not supported for frontend ONNX: (?P<operators>[^\n]+)")
#: The same file wraps what a converter raises: "Error converting operator Reshape, with inputs: ...".
_CONVERTER = re.compile(r"Error converting operator (?P<operator>\w+)")


def import_onnx(path: Path) -> ir.IRModule:
    """Raises WorkerError `unsupported-operator` (with node and operator), `unsupported-model` or `invalid-model`."""
    try:
        model = onnx.load(path)
    except Exception as error:
        raise WorkerError("invalid-model", f"the file is not an ONNX model: {_first_line(error)}") from error
    try:
        return from_onnx(model)
    except Exception as error:
        raise import_failure(error, model) from error


def import_failure(error: Exception, model: onnx.ModelProto) -> WorkerError:
    """The failure to report for what the importer raised."""
    message, nodes = str(error), list(graph_nodes(model.graph))
    listed = _UNSUPPORTED.search(message)
    if isinstance(error, tvm.error.OpNotImplemented) and listed:
        return _unsupported(sorted(name.strip() for name in listed.group("operators").split(",")), nodes)
    failed = _CONVERTER.search(message)
    reason = _first_line(error)
    if failed:
        operator = failed.group("operator")
        candidates = [node_name(node) for node in nodes if node.op_type == operator]
        node = candidates[0] if len(candidates) == 1 else ""
        where = f"the {operator} node {node!r}" if node else f"one of the model's {len(candidates)} {operator} nodes"
        details = {"node": node, "operator": operator, "keyLine": reason}
        return WorkerError("unsupported-operator", f"TVM cannot import {where}: {reason}", details)
    return WorkerError("unsupported-model", f"TVM cannot import the model: {type(error).__name__}: {reason}", {"keyLine": reason})


def graph_nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    """Every node, those of subgraphs too."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                yield from graph_nodes(inner)


def node_name(node: onnx.NodeProto) -> str:
    """The name a user can find the node by: its own, or its first output's where it has none."""
    return node.name or (node.output[0] if node.output else "")


def _unsupported(operators: list[str], nodes: list[onnx.NodeProto]) -> WorkerError:
    found = [(name, next((node_name(node) for node in nodes if node.op_type == name), "")) for name in operators]
    operator, node = found[0]
    others = f" (also missing: {', '.join(operators[1:])})" if len(operators) > 1 else ""
    message = f"TVM has no conversion for the operator {operator}, which node {node!r} needs{others}"
    return WorkerError("unsupported-operator", message, {"node": node, "operator": operator, "operators": operators, "keyLine": message})


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:300] if lines else type(error).__name__
