"""What ONNX Runtime's errors mean. Several workers load models with it; this module itself imports nothing of it."""

from __future__ import annotations

import re
from typing import Dict, Optional, Tuple

from fettle_worker.errors import WorkerError

#: `In Node, ("name", Operator, "domain", -1)`, of a graph that does not check out.
_IN_NODE = re.compile(r'In Node, \("([^"]*)", (\w+),')
#: `Could not find an implementation for Operator(17) node with name 'name'`.
_NO_KERNEL = re.compile(r"implementation for (\w+)\([\d.-]+\) node with name '([^']*)'")
#: `Fatal error: domain:Operator(-1) is not a registered function/op`.
_NO_OPERATOR = re.compile(r"([\w.]*:?\w+)\(-?\d+\) is not a registered function/op")
#: Where in its sources a message came from, which tells a user nothing.
_SOURCE_PLACE = re.compile(r"^\[ONNXRuntimeError\] : \d+ : \w+ : |\S+\.(?:cc|h):\d+ \S.*?\)? (?=[A-Z])")


def explain_ort_error(error: Exception, doing: str) -> WorkerError:
    """The failure that an exception of onnxruntime stands for; `doing` completes "ONNX Runtime cannot ..."."""
    line, said = _first_line(error), ort_message(error)
    node = _find_node(str(error))
    details: Dict[str, object] = {"keyLine": line}
    if node is not None:
        details["node"], details["operator"] = node
        message = f"ONNX Runtime has no implementation of {node[1]}{f' (node {node[0]!r})' if node[0] else ''}: {said}"
        return WorkerError("unsupported-operator", message, details)
    return WorkerError(_code(error), f"ONNX Runtime cannot {doing}: {said}", details)


def ort_message(error: BaseException) -> str:
    """What an exception of onnxruntime says, in one line, without its code and without places in ONNX Runtime's sources."""
    return _SOURCE_PLACE.sub("", _first_line(error))


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _find_node(text: str) -> Optional[Tuple[str, str]]:
    """Name and operator of the node that has no implementation, where that is what the message is about."""
    match = _NO_KERNEL.search(text)
    if match:
        return match.group(2), match.group(1)
    match = _NO_OPERATOR.search(text)
    if match:
        return "", match.group(1).lstrip(":")
    match = _IN_NODE.search(text)
    if match and ("No Op registered" in text or "No opset import" in text):
        return match.group(1), match.group(2)
    return None


def _code(error: Exception) -> str:
    kind = type(error).__name__
    if kind in ("InvalidGraph", "InvalidProtobuf", "NoSuchFile", "NoModel"):
        return "invalid-model"
    return "unsupported-model" if kind == "NotImplemented" else "toolchain-error"
