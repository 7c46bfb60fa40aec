"""ONNX nodes by the names that TensorRT gives its layers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError

#: Operators that hold graphs of their own.
CONTROL_FLOW = ("If", "Loop", "Scan")

_QUOTED = re.compile(r"'([^']+)'|\[ONNX Layer: ([^\]]+)\]")


def _read(model: Path) -> onnx.GraphProto:
    """A file that onnx cannot read has no nodes: TensorRT's parser is to say what is wrong with it."""
    try:
        return onnx.load(model, load_external_data=False).graph
    except (OSError, ValueError, DecodeError):
        return onnx.GraphProto()


@dataclass(frozen=True)
class NodeName:
    """`name` is the node's own, or its first output's where it has none: what a user can find it by."""

    name: str
    operator: str

    def details(self) -> dict[str, str]:
        return {"node": self.name, "operator": self.operator}


class OnnxNodes:
    """The nodes of a model's main graph, in order. Weights are not read."""

    def __init__(self, model: Path) -> None:
        graph = _read(model)
        self._nodes = [NodeName(node.name or next(iter(node.output), ""), node.op_type) for node in graph.node]
        self._by_name = {node.name: node for node in self._nodes}

    def __len__(self) -> int:
        return len(self._nodes)

    def at(self, index: int) -> NodeName | None:
        return self._nodes[index] if 0 <= index < len(self._nodes) else None

    def named_in(self, message: str) -> NodeName | None:
        """The first node that a message quotes or names as a layer's origin; layers may have a suffix after the node's name."""
        for quoted, origin in _QUOTED.findall(message):
            found = self._by_name.get(quoted or origin) or self._by_name.get((quoted or origin).split("_myl")[0])
            if found is not None:
                return found
        return None

    def control_flow(self) -> NodeName | None:
        return next((node for node in self._nodes if node.operator in CONTROL_FLOW), None)
