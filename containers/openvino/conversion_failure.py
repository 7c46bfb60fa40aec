"""What OpenVINO's ONNX reader says when it refuses a model, turned into a failure of the protocol.

Its messages come in three forms (unconverted_ops_report.cpp of OpenVINO 2026.4):

    -- No conversion rule found for operations: my.ops.Fancy, Det-19
    -- Conv-16 with a message:
    While validating ONNX node '<Node(Conv): decoder/Conv_output_0>': Check '...' failed at ...
    The input data tensor's rank has to be known (static)

and, for a file it cannot read at all, a sentence of its own. Nodes are named by their first output, so the ONNX node is looked
up in the graph, where the user's tools show it by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import onnx

from fettle_worker import WorkerError

_NO_RULE = re.compile(r"No conversion rule found for operations: (?P<operators>.+)")
_REFUSED_NODE = re.compile(r"<Node\((?P<operator>[^)]+)\): (?P<output>[^>]+)>")
_VERSION_SUFFIX = re.compile(r"-\d+$")
#: Lines that say where in OpenVINO's sources or in which block of the report one is, not what is wrong.
_NOISE = re.compile(r"^(Exception from|Check '|FrontEnd API failed|While validating|Model wasn't|Summary|-- |$)")


def conversion_failure(message: str, model: Path) -> WorkerError:
    """The failure to report for `message`, which OpenVINO raised while it read the ONNX file `model`."""
    missing = _NO_RULE.search(message)
    if missing:
        return _unsupported_operator(missing.group("operators"), missing.group(0), model)
    refused = _REFUSED_NODE.search(message)
    if refused:
        return _refused_node(refused.group("operator"), refused.group("output"), message, model)
    if "Unable to read the model" in message:
        return WorkerError("invalid-model", "OpenVINO cannot read the file as an ONNX model", {"keyLine": _reason(message)})
    return WorkerError("unsupported-model", f"OpenVINO cannot convert the model: {_reason(message)}", {"keyLine": _reason(message)})


def node_name(node: onnx.NodeProto) -> str:
    """The name a user can find the node by: its own, or its first output's where it has none."""
    return node.name or (node.output[0] if node.output else "")


def _unsupported_operator(listed: str, line: str, model: Path) -> WorkerError:
    operators = [_VERSION_SUFFIX.sub("", name.strip()) for name in listed.split(",")]
    first = operators[0]
    node = next((node_name(node) for node in _nodes(model) if _qualified(node) == first), "")
    others = f" (also missing: {', '.join(operators[1:])})" if len(operators) > 1 else ""
    at = f", which node {node!r} needs" if node else ""
    details = {"node": node, "operator": first, "operators": operators, "keyLine": line}
    return WorkerError("unsupported-operator", f"OpenVINO has no conversion for the operator {first}{at}{others}", details)


def _refused_node(operator: str, output: str, message: str, model: Path) -> WorkerError:
    node = next((node_name(node) for node in _nodes(model) if output in (node.name, *node.output)), output)
    reason = _reason(message)
    details = {"node": node, "operator": operator, "keyLine": reason}
    return WorkerError("unsupported-operator", f"OpenVINO cannot convert the {operator} node {node!r}: {reason}", details)


def _reason(message: str) -> str:
    lines = [line.strip() for line in message.splitlines()]
    return next((line for line in lines if not _NOISE.match(line)), next(iter(lines), "no message"))


def _qualified(node: onnx.NodeProto) -> str:
    return f"{node.domain}.{node.op_type}" if node.domain not in ("", "ai.onnx") else node.op_type


def _nodes(model: Path) -> Iterator[onnx.NodeProto]:
    """Every node, those of subgraphs too. A file that onnx cannot read has none: the name is a help, not the failure."""
    try:
        loaded = onnx.load(model, load_external_data=False)
    except (OSError, ValueError, onnx.checker.ValidationError):
        return
    yield from _graph_nodes(loaded.graph)


def _graph_nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                yield from _graph_nodes(inner)
