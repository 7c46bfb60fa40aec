"""Makes the models beside it: a small convolutional network, plain and quantised in the two usual ways.

    pip install numpy==2.4.6 onnx==1.23.2 onnxruntime==1.32.0
    python make-models.py

`float.onnx`     the network, float32
`unsigned.onnx`  QDQ, unsigned 8-bit activations with a zero point, signed weights: what Qualcomm recommends
`signed.onnx`    QDQ, signed 8-bit activations, symmetric (zero point 0): what TensorRT recommends
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

HERE = Path(__file__).resolve().parent
SHAPE = (1, 3, 32, 32)
#: Makes one class stand out, as in a trained network. Near-equal probabilities would be a step or two of an 8-bit output.
SHARPNESS = 6.0


class Calibration(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, count: int) -> None:
        self._samples: Iterator[dict[str, NDArray[np.float32]]] = iter([{"x": _normal(seed, SHAPE)} for seed in range(count)])

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        return next(self._samples, None)


def main() -> None:
    plain = HERE / "float.onnx"
    onnx.save(_network(), plain)
    _quantise(plain, "unsigned.onnx", QuantType.QUInt8, {})
    symmetric = {"ActivationSymmetric": True, "WeightSymmetric": True, "QuantizeBias": False}
    _quantise(plain, "signed.onnx", QuantType.QInt8, symmetric)


def _quantise(plain: Path, name: str, activations: QuantType, extra: dict[str, Any]) -> None:
    settings = {"quant_format": QuantFormat.QDQ, "per_channel": True, "activation_type": activations, "weight_type": QuantType.QInt8}
    quantize_static(str(plain), str(HERE / name), Calibration(16), extra_options=extra, **settings)


def _network() -> onnx.ModelProto:
    random = np.random.default_rng(0)
    halve: dict[str, Any] = {"pads": [1] * 4, "strides": [2, 2]}
    nodes = [
        helper.make_node("Conv", ["x", "w1", "b1"], ["c1"], name="conv1", **halve),
        helper.make_node("Relu", ["c1"], ["r1"], name="relu1"),
        helper.make_node("Conv", ["r1", "w2", "b2"], ["c2"], name="conv2", **halve),
        helper.make_node("Relu", ["c2"], ["r2"], name="relu2"),
        helper.make_node("GlobalAveragePool", ["r2"], ["p"], name="gap"),
        helper.make_node("Flatten", ["p"], ["f"], name="flat"),
        helper.make_node("Gemm", ["f", "w3", "b3"], ["g"], name="fc", transB=1),
        helper.make_node("Softmax", ["g"], ["y"], name="softmax", axis=1),
    ]
    weights = [
        *_layer(random, "1", (16, 3, 3, 3)),
        *_layer(random, "2", (32, 16, 3, 3)),
        *_layer(random, "3", (10, 32), SHARPNESS),
    ]
    edges = [helper.make_tensor_value_info("x", TensorProto.FLOAT, SHAPE)], [helper.make_tensor_value_info("y", TensorProto.FLOAT, (1, 10))]
    graph = helper.make_graph(nodes, "small-conv", *edges, weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def _layer(random: np.random.Generator, name: str, shape: Sequence[int], factor: float = 1.0) -> list[onnx.TensorProto]:
    """Weights by He et al. 2015 (variance 2 / fan-in), times a factor, and small biases."""
    weights = random.standard_normal(shape) * np.sqrt(2 / np.prod(shape[1:])) * factor
    biases = random.standard_normal(shape[0]) * 0.1
    return [numpy_helper.from_array(values.astype(np.float32), f"{kind}{name}") for kind, values in (("w", weights), ("b", biases))]


def _normal(seed: int, shape: Sequence[int]) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


if __name__ == "__main__":
    main()
