"""A compiled model and its one infer request, in the precision that was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openvino as ov
from numpy.typing import NDArray

from conversion import DEVICE
from executed import Operation
from fettle_worker import Signature, WorkerError

IR = "model.xml"
WEIGHTS = "model.bin"
BLOB = "model.blob"

#: Fettle's precisions -> INFERENCE_PRECISION_HINT. Left out, OpenVINO picks bfloat16 on every CPU that has it.
_HINTS = {"float32": "f32", "bfloat16": "bf16"}

#: Graph nodes that hold or pass on tensors; nothing is computed in them.
_NO_WORK = frozenset({"Input", "Output", "Const", "Parameter", "Result", "Constant"})

#: What is kept of a compiled model's properties: those that shape what it computes and how fast.
_PROPERTIES = (
    "INFERENCE_PRECISION_HINT",
    "EXECUTION_MODE_HINT",
    "PERFORMANCE_HINT",
    "NUM_STREAMS",
    "INFERENCE_NUM_THREADS",
    "ENABLE_CPU_PINNING",
    "ENABLE_HYPER_THREADING",
    "SCHEDULING_CORE_TYPE",
    "DYNAMIC_QUANTIZATION_GROUP_SIZE",
    "KV_CACHE_PRECISION",
    "CPU_DENORMALS_OPTIMIZATION",
    "EXECUTION_DEVICES",
    "RUNTIME_REQUIREMENTS",
)


@dataclass(frozen=True)
class RunOptions:
    """`precision` is Fettle's name; `profile` counts the time of each operation, which costs some of it."""

    precision: str
    threads: int
    profile: bool

    def hint(self) -> str:
        if self.precision not in _HINTS:
            raise WorkerError("unsupported-model", f"OpenVINO's CPU plug-in is not driven in {self.precision} here")
        return _HINTS[self.precision]

    def config(self) -> dict[str, object]:
        return {
            "INFERENCE_PRECISION_HINT": self.hint(),
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": 1,
            "INFERENCE_NUM_THREADS": self.threads,
            "PERF_COUNT": self.profile,
        }


class Session:
    """Runs one model. Outputs are views of the request's own memory, good until the next run."""

    def __init__(self, compiled: ov.CompiledModel, signature: Signature) -> None:
        self.compiled = compiled
        self._names = [tensor.name for tensor in signature.inputs]
        self._request = compiled.create_infer_request()

    def bind(self, inputs: Mapping[str, NDArray[np.generic]]) -> None:
        """Copies the inputs into tensors of the request."""
        for index, name in enumerate(self._names):
            self._request.set_input_tensor(index, ov.Tensor(inputs[name]))

    def infer(self) -> None:
        """Runs the inputs bound last."""
        self._request.infer()

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> list[NDArray[np.generic]]:
        self.bind(inputs)
        self.infer()
        return self.outputs()

    def outputs(self) -> list[NDArray[np.generic]]:
        tensors = [self._request.get_output_tensor(index) for index in range(len(self.compiled.outputs))]
        return [tensor.str_data if tensor.element_type == ov.Type.string else tensor.data for tensor in tensors]

    def executed(self) -> list[Operation]:
        """The operations that ran, joined with their mean times by name; needs a session that profiles and has run."""
        timed = {entry.node_name: entry for entry in self._request.profiling_info}
        found = []
        for operation in self.compiled.get_runtime_model().get_ops():
            info = {key: str(getattr(value, "value", value)) for key, value in operation.get_rt_info().items()}
            kind = info.get("layerType", operation.get_type_name())
            entry = timed.get(operation.get_friendly_name())
            ran = entry is not None and entry.status == ov.ProfilingInfo.Status.EXECUTED
            if entry is not None and ran and kind not in _NO_WORK:
                seconds = entry.real_time.total_seconds()
                found.append(Operation(kind, info.get("primitiveType", "?"), info.get("runtimePrecision", "?"), seconds))
        return found

    def properties(self) -> dict[str, str]:
        supported = self.compiled.get_property("SUPPORTED_PROPERTIES")
        return {name: _plain(self.compiled.get_property(name)) for name in _PROPERTIES if name in supported}

    def devices(self) -> Sequence[str]:
        return [str(name) for name in self.compiled.get_property("EXECUTION_DEVICES")]


def open_ir(core: ov.Core, folder: Path, options: RunOptions) -> Session:
    """Compiles the artifact's IR for this CPU. Raises WorkerError `toolchain-error` if OpenVINO cannot."""
    try:
        compiled = core.compile_model(str(folder / IR), DEVICE, options.config())
    except RuntimeError as error:
        raise _failed("OpenVINO cannot compile the model for this CPU", error) from error
    return Session(compiled, Signature.read(folder))


def open_blob(core: ov.Core, folder: Path, options: RunOptions) -> Session:
    """Imports the artifact's blob. Raises WorkerError `toolchain-error` where it was made for another OpenVINO or CPU."""
    try:
        compiled = core.import_model((folder / BLOB).read_bytes(), DEVICE, options.config())
    except RuntimeError as error:
        raise _failed("OpenVINO cannot load the blob here", error) from error
    return Session(compiled, Signature.read(folder))


def _failed(what: str, error: RuntimeError) -> WorkerError:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    key_line = lines[-1] if lines else "no message"
    return WorkerError("toolchain-error", f"{what}: {key_line}", {"keyLine": key_line})


def _plain(value: object) -> str:
    """Properties read as words: `<Type: 'float32'>` is an ov.Type, `ExecutionMode.PERFORMANCE` an enumeration."""
    if isinstance(value, ov.Type):
        return str(value.get_type_name())
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value)
    return str(value).rpartition(".")[2] if hasattr(value, "name") else str(value)
