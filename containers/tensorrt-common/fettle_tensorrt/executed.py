"""What an engine is made of once it has been loaded on a GPU, by TensorRT's own inspector.

The JSON is an object with `Layers`, each an object with `LayerType`, `TacticName`, `Inputs` and `Outputs`, whose tensors have a
`Format/Datatype` (`Float`, `Half`, `Row major linear FP16 format`, ...). That is what NVIDIA's Polygraphy and its performance
tools read of it. Layers are bare names where a plan was built without detail: they then tell nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

#: Words of a datatype, in the order they are looked for: BFLOAT16 holds FLOAT.
_TYPES = (
    ("BFLOAT16", "bfloat16"),
    ("BF16", "bfloat16"),
    ("FP16", "float16"),
    ("HALF", "float16"),
    ("FP32", "float32"),
    ("FLOAT", "float32"),
    ("INT8", "int8"),
    ("FP8", "float8"),
    ("INT4", "int4"),
    ("FP4", "float4"),
)
#: Layers that move numbers and compute none.
_MOVES = ("reformat", "noop", "constant", "copy", "reshape", "shuffle")


@dataclass(frozen=True)
class Inspected:
    #: Precision -> share of the layers that compute numbers of it; empty where the inspector does not say.
    precision: dict[str, float]
    #: `GPU`, `DLA` or `CPU` -> share of all layers.
    placement: dict[str, float]
    #: Layer type -> count.
    kinds: dict[str, int]
    #: Layers whose kernel rounds float32 to TensorFloat-32, by its name.
    tf32_layers: int


def inspect_engine(trt: Any, engine: Any) -> Inspected:
    inspector = engine.create_engine_inspector()
    return read_layers("{}" if inspector is None else inspector.get_engine_information(trt.LayerInformationFormat.JSON))


def read_layers(text: str) -> Inspected:
    """Of the inspector's JSON. A text that is not of that form tells nothing, and all of an engine is on the GPU then."""
    layers = _layers(text)
    precisions = Counter(filter(None, map(_precision, layers)))
    places = Counter(map(_place, layers))
    return Inspected(
        precision=_shares(precisions),
        placement=_shares(places) or {"GPU": 1.0},
        kinds=dict(sorted(Counter(str(layer.get("LayerType", "unknown")) for layer in layers).items())),
        tf32_layers=sum("tf32" in str(layer.get("TacticName", "")).lower() for layer in layers),
    )


def _layers(text: str) -> list[Mapping[str, Any]]:
    try:
        document = json.loads(text)
    except ValueError:
        return []
    found = document.get("Layers", []) if isinstance(document, dict) else document
    return [layer for layer in found if isinstance(layer, dict)] if isinstance(found, list) else []


def _precision(layer: Mapping[str, Any]) -> str | None:
    """Of the first tensor of floating or quantised numbers that a layer reads; of the first that it writes where it reads none."""
    if any(word in str(layer.get("LayerType", "")).lower() for word in _MOVES):
        return None
    return next((kind for kind in map(_type, [*_tensors(layer, "Inputs"), *_tensors(layer, "Outputs")]) if kind is not None), None)


def _type(tensor: Mapping[str, Any]) -> str | None:
    said = str(tensor.get("Format/Datatype", tensor.get("Datatype", ""))).upper()
    return next((name for word, name in _TYPES if word in said), None)


def _place(layer: Mapping[str, Any]) -> str:
    if "DLA" in str(layer.get("LayerType", "")).upper():
        return "DLA"
    outputs = _tensors(layer, "Outputs")
    return "CPU" if outputs and all(tensor.get("Location") == "Host" for tensor in outputs) else "GPU"


def _tensors(layer: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = layer.get(key)
    return [tensor for tensor in found if isinstance(tensor, dict)] if isinstance(found, Iterable) else []


def _shares(counts: Mapping[str, int]) -> dict[str, float]:
    total = sum(counts.values())
    return {name: round(count / total, 6) for name, count in sorted(counts.items())}
