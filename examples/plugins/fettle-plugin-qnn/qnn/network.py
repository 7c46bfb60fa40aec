"""The network as QNN has it: its own JSON description of the graph that the HTP is given."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Qnn_DataType_t of QnnTypes.h -> the precision that the HTP computes in. Floating point of 32 bits is computed in 16: the HTP has no
#: wider one, and `enable_htp_fp16_precision` says so to the compiler.
_PRECISIONS = {
    0x0216: "float16",
    0x0232: "float16",
    0x0308: "int8",
    0x0408: "uint8",
    0x0316: "int16",
    0x0416: "uint16",
    0x0032: "int32",
    0x0064: "int64",
    0x0132: "uint32",
    0x0508: "bool",
}


@dataclass(frozen=True)
class Network:
    #: QNN's operator -> how often it occurs.
    operators: dict[str, int]
    #: Precision -> share of the operators whose first output has it; the shares add up to 1.
    precision: dict[str, float]


def read_network(folder: Path) -> Network:
    """Reads the description that the provider left in a folder (`dump_json_qnn_graph`). A partitioned model has several."""
    operators: Counter[str] = Counter()
    precisions: Counter[str] = Counter()
    for file in sorted(folder.glob("*.json")):
        graph = json.loads(file.read_text(encoding="utf-8")).get("graph")
        if graph is not None:
            _count(graph, operators, precisions)
    total = sum(precisions.values())
    return Network(dict(sorted(operators.items())), {name: count / total for name, count in sorted(precisions.items())})


def _count(graph: Mapping[str, Any], operators: Counter[str], precisions: Counter[str]) -> None:
    for node in graph["nodes"].values():
        operators[node["type"]] += 1
        data_type = graph["tensors"][node["output_names"][0]]["data_type"]
        precisions[_PRECISIONS.get(data_type, f"0x{data_type:04x}")] += 1
