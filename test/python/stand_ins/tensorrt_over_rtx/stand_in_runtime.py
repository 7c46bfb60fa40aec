"""What stands in for a GPU that runs a plan: memory of this process, and ONNX's own reference implementation of the model.

It shows that buffers, shapes and types are handled as TensorRT's Python API and cuda.h have them, and nothing of TensorRT's kernels.
"""

from __future__ import annotations

import base64
import ctypes
import json
from typing import Any

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

#: Stands before and behind what is added to a plan.
_MARK = b"<stand-in>"


def with_model(plan: bytes, model: bytes, profile: dict[str, Any]) -> bytes:
    """The plan, and behind it what it is computed by here."""
    added = json.dumps({"model": base64.b64encode(model).decode(), "profile": profile}).encode()
    return plan + _MARK + added + _MARK


def load(plan: bytes, float32: Any) -> Engine | None:
    """None for half a plan."""
    if not plan.endswith(_MARK):
        return None
    added = json.loads(plan.split(_MARK)[1])
    return Engine(onnx.load_from_string(base64.b64decode(added["model"])), added["profile"], float32)


class Engine:
    """Of a model whose inputs and outputs are float32."""

    def __init__(self, model: onnx.ModelProto, profile: dict[str, Any], float32: Any) -> None:
        self.model, self._profile, self._float32 = model, profile, float32

    def get_tensor_dtype(self, _: str) -> Any:
        return self._float32

    def get_tensor_profile_shape(self, name: str, _: int) -> list[list[int]]:
        shapes: list[list[int]] = self._profile[name]
        return shapes

    def create_engine_inspector(self) -> Engine:
        return self

    def get_engine_information(self, _: Any) -> str:
        is_half = any(tensor.data_type == onnx.TensorProto.FLOAT16 for tensor in self.model.graph.initializer)
        inputs = [{"Name": "x", "Format/Datatype": "Half" if is_half else "Float"}]
        return json.dumps({"Layers": [{"LayerType": node.op_type, "Inputs": inputs, "Outputs": []} for node in self.model.graph.node]})

    def create_execution_context(self) -> Context:
        return Context(self.model, self._profile)


class Context:
    def __init__(self, model: onnx.ModelProto, profile: dict[str, Any]) -> None:
        self._model, self._profile = model, profile
        self._evaluator = ReferenceEvaluator(model)
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._addresses: dict[str, int] = {}

    def set_input_shape(self, name: str, shape: tuple[int, ...]) -> bool:
        self._shapes[name] = shape
        smallest, _, greatest = self._profile.get(name, [shape] * 3)
        return all(low <= size <= high for low, size, high in zip(smallest, shape, greatest, strict=True))

    def get_tensor_shape(self, name: str) -> tuple[int, ...]:
        return self._shapes.get(name) or self._run({key: np.zeros(shape, np.float32) for key, shape in self._shapes.items()})[name].shape

    def set_tensor_address(self, name: str, address: int) -> None:
        self._addresses[name] = address

    def execute_async_v3(self, _: int) -> bool:
        results = self._run({name: self._memory(name, shape).copy() for name, shape in self._shapes.items()})
        for name, value in results.items():
            self._memory(name, value.shape)[...] = value
        return True

    def _run(self, feeds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return dict(zip(self._evaluator.output_names, self._evaluator.run(None, feeds), strict=True))

    def _memory(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        size = int(np.prod(shape))
        return np.frombuffer((ctypes.c_float * size).from_address(self._addresses[name]), np.float32).reshape(shape)
