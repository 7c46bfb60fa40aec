"""PopRT, Graphcore's own way from an ONNX model to an IPU: a converter, a compiler and a runtime.

Called as its own examples call them (graphcore/PopRT 7487d65: examples/convert_compile_and_run.py, tools/export_popef.py and
examples/custom_pattern_example/test_custom_pattern.py). Everything behind these calls is closed.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, Mapping, Sequence

import numpy as np

from fettle_worker import Signature, WorkerError
from sdk import load_poprt, poprt_failure
from session import IPU

#: What PopRT's converter calls each precision.
_PRECISIONS = {"float32": "fp32", "float16": "fp16"}
#: The newest opset that PopART, which PopRT compiles with, reads.
_OPSET = 11


def compile_popef(model: Path, executable: Path, precision: str, architecture: str) -> None:
    """Converts and compiles `model` for one IPU of `architecture`, ipu2 or ipu21, and writes a PopEF file; no IPU is used."""
    poprt = load_poprt()
    converted = _convert(poprt, model, _PRECISIONS[precision])
    options = poprt.compiler.CompilerOptions()
    options.num_ipus = 1
    options.ipu_version = architecture
    options.batches_per_step = 1
    options.partials_type = "float"
    outputs = [output.name for output in converted.graph.output]
    try:
        poprt.compiler.Compiler.compile_and_export(converted.SerializeToString(), outputs, str(executable), options)
    except Exception as error:
        raise poprt_failure(error, "compile the model") from error
    if not executable.is_file():
        raise WorkerError("toolchain-error", f"PopRT said it had compiled the model, and left no {executable.name}")


def _convert(poprt: Any, model: Path, precision: str) -> Any:
    # PopRT's own dependency: an image for PopART need not have it.
    onnx = importlib.import_module("onnx")
    try:
        converted = poprt.converter.Converter(convert_version=_OPSET, precision=precision).convert(onnx.load(str(model)))
        # An IPU has no 64-bit integers.
        return poprt.Pass.get_pass("int64_to_int32")(converted)
    except Exception as error:
        raise poprt_failure(error, "convert the model") from error


class PoprtSession:
    """A PopEF file on the IPU that this process was leased. PopRT has no model of an IPU to run on elsewhere."""

    device = IPU

    def __init__(self, executable: Path, signature: Signature) -> None:
        poprt = load_poprt()
        self._signature = signature
        try:
            self._runner = poprt.runtime.Runner(str(executable))
            self._inputs: list[Any] = list(self._runner.get_execute_inputs())
            outputs = list(self._runner.get_execute_outputs())
        except Exception as error:
            raise poprt_failure(error, "load the program") from error
        self._outputs: dict[str, Any] = {info.name: np.zeros(info.shape, dtype=info.numpy_data_type()) for info in outputs}
        self._hold_to_signature()

    def run(self, inputs: Mapping[str, Any]) -> Sequence[Any]:
        """The outputs in the signature's order and types. PopRT's own are of the precision it converted to."""
        feeds = {info.name: np.ascontiguousarray(inputs[info.name], dtype=info.numpy_data_type()) for info in self._inputs}
        try:
            self._runner.execute(feeds, self._outputs)
        except Exception as error:
            raise poprt_failure(error, "run the program") from error
        return [self._outputs[tensor.name].astype(tensor.dtype).reshape(tensor.shape) for tensor in self._signature.outputs]

    def _hold_to_signature(self) -> None:
        pairs = (
            ("inputs", {info.name for info in self._inputs}, self._signature.inputs),
            ("outputs", set(self._outputs), self._signature.outputs),
        )
        for kind, found, wanted in pairs:
            names = {tensor.name for tensor in wanted}
            if found != names:
                message = f"PopRT's program has the {kind} {', '.join(sorted(found))}, and the model has {', '.join(sorted(names))}"
                raise WorkerError("toolchain-error", message)
