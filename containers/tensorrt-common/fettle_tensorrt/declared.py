"""In which precision a network declares its work. What a GPU then executes is for the GPU to show."""

from __future__ import annotations

from collections import Counter
from typing import Any

_NAMES = {
    "FLOAT": "float32",
    "HALF": "float16",
    "BF16": "bfloat16",
    "INT8": "int8",
    "FP8": "float8",
    "INT4": "int4",
    "FP4": "float4",
}
#: Layers that compute nothing of their own: constants, and the borders between precisions.
_BORDERS = ("CONSTANT", "CAST", "QUANTIZE", "DEQUANTIZE", "IDENTITY")


def declared_precision(network: Any) -> dict[str, float]:
    """Precision -> share of the layers that compute numbers of it. Layers over integers, such as shapes, do not count.

    A layer all of whose weights and data come out of dequantisation counts as what they were quantised to: that is the
    pattern TensorRT makes a quantised kernel of.
    """
    layers = [network.get_layer(index) for index in range(network.num_layers)]
    makers = {layer.get_output(0).name: layer for layer in layers if layer.num_outputs > 0}
    counts: Counter[str] = Counter()
    for layer in layers:
        precision = _precision(layer, makers)
        if precision is not None:
            counts[precision] += 1
    total = sum(counts.values())
    return {name: round(count / total, 6) for name, count in sorted(counts.items())}


def _precision(layer: Any, makers: dict[str, Any]) -> str | None:
    if layer.type.name in _BORDERS or layer.num_outputs == 0:
        return None
    inputs = [layer.get_input(index) for index in range(layer.num_inputs)]
    tensors = [tensor for tensor in inputs if tensor is not None]
    origins = [makers[tensor.name] for tensor in tensors if tensor.name in makers]
    if origins and len(origins) == len(tensors) and all(origin.type.name == "DEQUANTIZE" for origin in origins):
        return _NAMES.get(origins[0].get_input(0).dtype.name)
    return _NAMES.get(layer.get_output(0).dtype.name)
