"""A stand-in for PopART, for tests alone: it records every call and keeps to what PopART's own integration tests say.

Not the SDK, and no proof that the worker works with it: only that the worker calls what those tests call, in their order
(graphcore/popart d2f20d7: tests/integration/offline_compilation.py, saved_executable.py, export_test.py, test_util.py).
Numbers come from ONNX Runtime.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from recording import record


class popart_exception(Exception):  # noqa: N801, N818 - PopART's own name
    pass


def versionString() -> str:  # noqa: N802
    return "0.0.0+stand-in"


def AnchorReturnType(kind: str) -> str:  # noqa: N802
    return kind


class SessionOptions:
    pass


class DataFlow:
    def __init__(self, batches: int, anchors: dict[str, str]) -> None:
        self.batches, self.anchors = batches, anchors


class PyStepIO:
    def __init__(self, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
        self.inputs, self.outputs = inputs, outputs


class DeviceManager:
    def createOfflineIPUDevice(self, opts: dict[str, Any]) -> str:  # noqa: N802
        record("createOfflineIPUDevice", **opts)
        return "offline-ipu"

    def createIpuModelDevice(self, opts: dict[str, Any]) -> str:  # noqa: N802
        record("createIpuModelDevice", **opts)
        return "ipu-model"

    def acquireAvailableDevice(self, numIpus: int = 1) -> str:  # noqa: N802, N803
        record("acquireAvailableDevice", numIpus=numIpus)
        return "ipu"


def open_model(path: str) -> ort.InferenceSession:
    """What PopART says of a model that it cannot take: willow/src/filereader.cpp and opmanager.cpp."""
    try:
        return ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    except Exception as error:
        unknown = re.search(r"([\w.]+):(\w+)\(-?\d+\) is not a registered", str(error))
        if unknown is not None:
            raise popart_exception(f"No class for {unknown.group(1)}.{unknown.group(2)}:0") from error
        raise popart_exception(f"Failed to parse ModelProto from file {path}") from error


class InferenceSession:
    def __init__(self, fnModel: str, dataFlow: DataFlow, deviceInfo: str, userOptions: SessionOptions) -> None:  # noqa: N803
        record("InferenceSession", device=deviceInfo, batches=dataFlow.batches, anchors=dataFlow.anchors, options=vars(userOptions))
        if os.environ.get("POPART_REFUSES") is not None:
            raise popart_exception(os.environ["POPART_REFUSES"])
        self._session = open_model(fnModel)
        self._device, self._flow, self._is_ready = deviceInfo, dataFlow, False

    def compileAndExport(self, filename: str) -> None:  # noqa: N802
        record("compileAndExport")
        if self._device == "ipu-model":
            raise popart_exception("Executables for device type ipu-model cannot be saved")
        Path(filename).write_bytes(b"PopEF stand-in")

    def loadExecutable(self, filename: str) -> None:  # noqa: N802
        record("loadExecutable", found=Path(filename).is_file())

    def prepareDevice(self) -> None:  # noqa: N802
        record("prepareDevice")
        if self._device == "offline-ipu":
            raise popart_exception("An offline IPU cannot be attached to")
        self._is_ready = True

    def weightsFromHost(self) -> None:  # noqa: N802
        record("weightsFromHost", ready=self._is_ready)

    def initAnchorArrays(self) -> dict[str, Any]:  # noqa: N802
        record("initAnchorArrays")
        return {output.name: np.zeros(output.shape, np.float32) for output in self._session.get_outputs()}

    def run(self, stepio: PyStepIO) -> None:
        record("run")
        for name, value in zip(self._flow.anchors, self._session.run(list(self._flow.anchors), stepio.inputs), strict=True):
            stepio.outputs[name][...] = value
