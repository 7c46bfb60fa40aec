"""The verb `capability`: what of an ONNX file the parser takes, without building anything."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from fettle_tensorrt.builder import open_builder
from fettle_tensorrt.failures import parser_failure, parser_reason
from fettle_tensorrt.messages import Messages, open_logger
from fettle_tensorrt.onnx_nodes import OnnxNodes
from fettle_worker import Facts, Request


def parser_capability(request: Request, trt: ModuleType, product: str) -> Facts:
    """Input `model`: the ONNX file. Facts: `supported`, `nodes` (how many there are), `subgraphs`, `unsupported`, `notes`.

    A subgraph of a model that is not supported as a whole is one that the parser found nothing against: it stops at what it cannot
    type, so that nodes behind the last error are looked up by operator alone.
    """
    model = request.input("model")
    nodes = OnnxNodes(model)
    messages = Messages()
    logger = open_logger(trt, messages)
    builder = open_builder(trt, logger, messages, product)
    # Kept in a name of its own: TensorRT's parser does not keep the network alive, and crashes without it.
    network = builder.create_network(0)
    parser = trt.OnnxParser(network, logger)
    supported = bool(parser.supports_model_v2(model.read_bytes(), str(model)))
    subgraphs = [
        {"supported": bool(parser.is_subgraph_supported(index)), "nodes": [int(node) for node in parser.get_subgraph_nodes(index)]}
        for index in range(parser.num_subgraphs)
    ]
    if not supported and not subgraphs and (parser.num_errors == 0 or parser.get_error(0).node() < 0):
        raise parser_failure(parser, nodes, product)
    errors = [] if supported else _errors(parser, nodes)
    last = max((entry["index"] for entry in errors if entry["index"] is not None), default=-1)
    unreached = [] if supported else _unreached(parser, nodes, last)
    return {
        "supported": supported,
        "nodes": len(nodes),
        "subgraphs": subgraphs,
        "unsupported": [*sorted(errors, key=_position), *unreached],
        "notes": list(messages.warnings),
    }


def _errors(parser: Any, nodes: OnnxNodes) -> list[dict[str, Any]]:
    entries = []
    for number in range(parser.num_errors):
        error = parser.get_error(number)
        index = error.node()
        node = nodes.at(index)
        entries.append(
            {
                "index": index if node is not None else None,
                "node": error.node_name() or (node.name if node is not None else None),
                "operator": error.node_operator() or (node.operator if node is not None else None),
                "code": error.code().name,
                "reason": parser_reason(error),
            }
        )
    return entries


def _unreached(parser: Any, nodes: OnnxNodes, last: int) -> list[dict[str, Any]]:
    """Nodes behind the last error, which the parser may not have come to, of operators that it does not have."""
    reason = "the parser has no such operator, and may not have come as far as this node"
    behind = [(index, nodes.at(index)) for index in range(last + 1, len(nodes))]
    return [
        {"index": index, "node": node.name, "operator": node.operator, "code": "UNSUPPORTED_NODE", "reason": reason}
        for index, node in behind
        if node is not None and not parser.supports_operator(node.operator)
    ]


def _position(entry: dict[str, Any]) -> int:
    return -1 if entry["index"] is None else int(entry["index"])
