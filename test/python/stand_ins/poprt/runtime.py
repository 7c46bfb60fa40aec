from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
from recording import record


class TensorInfo:
    def __init__(self, value: onnx.ValueInfoProto) -> None:
        self.name = value.name
        self.shape = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        self._dtype = np.dtype(value.doc_string or onnx.helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type))

    def numpy_data_type(self) -> Any:
        return self._dtype


class Runner:
    def __init__(self, popef: str) -> None:
        record("Runner", popef=Path(popef).name)
        model = onnx.load(popef)
        self._inputs = [TensorInfo(value) for value in model.graph.input]
        self._outputs = [TensorInfo(value) for value in model.graph.output]
        self._session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])

    def get_execute_inputs(self) -> list[TensorInfo]:
        return self._inputs

    def get_execute_outputs(self) -> list[TensorInfo]:
        return self._outputs

    def execute(self, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
        record("execute", dtypes={name: str(value.dtype) for name, value in inputs.items()})
        for info in self._inputs:
            assert inputs[info.name].dtype == info.numpy_data_type(), "PopRT takes its own types only"
        feeds = {name: value.astype(np.float32) if value.dtype == np.float16 else value for name, value in inputs.items()}
        for info, value in zip(self._outputs, self._session.run([info.name for info in self._outputs], feeds), strict=True):
            outputs[info.name][...] = value
