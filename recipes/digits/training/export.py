"""Writes the trained network as ONNX: convolution, batch normalisation and ReLU stay apart, and the batch size stays open."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
from layers import AverageAndClassify, BatchNormalisation, Convolution, Layer, Relu
from onnx import TensorProto, helper, numpy_helper

OPSET = 13


def to_onnx(network: Sequence[Layer], accuracy: float) -> bytes:
    """Input `image` float32 [n, 1, 8, 8] from 0 to 1, output `logits` float32 [n, 10]. Equal networks give equal bytes."""
    graph = helper.make_graph(
        [],
        "digits",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 1, 8, 8])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 10])],
    )
    current = "image"
    for number, layer in enumerate(network):
        current = _add(graph, layer, number, current)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8, producer_name="fettle recipes/digits")
    for key, value in {"classes": "0123456789", "validation_accuracy": f"{accuracy:.4f}"}.items():
        model.metadata_props.add(key=key, value=value)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _add(graph: onnx.GraphProto, layer: Layer, number: int, x: str) -> str:
    name = f"{type(layer).__name__.lower()}_{number}"
    arrays = dict(layer.parameters)
    match layer:
        case Convolution():
            graph.node.append(helper.make_node("Conv", [x, f"{name}.weight"], [name], name, pads=[1] * 4, strides=[layer.stride] * 2))
        case BatchNormalisation():
            arrays |= {"mean": layer.mean, "variance": layer.variance}
            inputs = [x, *(f"{name}.{part}" for part in ("scale", "bias", "mean", "variance"))]
            graph.node.append(helper.make_node("BatchNormalization", inputs, [name], name, epsilon=layer.EPSILON))
        case Relu():
            graph.node.append(helper.make_node("Relu", [x], [name], name))
        case AverageAndClassify():
            graph.node.append(helper.make_node("GlobalAveragePool", [x], [f"{name}.pooled"], f"{name}.pool"))
            graph.node.append(helper.make_node("Flatten", [f"{name}.pooled"], [f"{name}.flat"], f"{name}.flatten"))
            inputs = [f"{name}.flat", f"{name}.weight", f"{name}.bias"]
            graph.node.append(helper.make_node("Gemm", inputs, ["logits"], f"{name}.classify", transB=1))
        case _:
            raise TypeError(f"{type(layer).__name__} has no ONNX form here")
    graph.initializer.extend(numpy_helper.from_array(array.astype(np.float32), f"{name}.{part}") for part, array in arrays.items())
    return name
