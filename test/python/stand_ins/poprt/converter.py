from __future__ import annotations

import os
from typing import Any

import onnx
from recording import record


class Converter:
    def __init__(self, convert_version: int, precision: str) -> None:
        record("Converter", convert_version=convert_version, precision=precision)
        self._precision = precision

    def convert(self, model: onnx.ModelProto) -> Any:
        if os.environ.get("POPRT_REFUSES") is not None:
            raise RuntimeError(os.environ["POPRT_REFUSES"])
        if self._precision == "fp16":
            # Inputs and outputs become float16 too, which is what the examples' `numpy_data_type()` is for.
            for tensor in (*model.graph.input, *model.graph.output):
                tensor.doc_string = "float16"
        return model
