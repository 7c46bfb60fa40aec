"""A PopART session of one model on one device, called as PopART's own integration tests call it.

An offline device compiles and cannot run; a model of an IPU runs and cannot export; an IPU does both (tests/integration/
offline_compilation.py and saved_executable.py of graphcore/popart).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Mapping, Sequence

import numpy as np

from fettle_worker import Signature, WorkerError
from sdk import sdk_failure

#: Tiles of both generations: Graphcore, GC200 and Bow datasheets.
TILES = 1472

OFFLINE = "offline-ipu"
IPU_MODEL = "ipu-model"
IPU = "ipu"


class Session:
    """`device` is one of the three above; `architecture` is Poplar's name of the generation, ipu2 or ipu21."""

    def __init__(self, popart: Any, model: Path, device: str, architecture: str) -> None:
        self._popart = popart
        self._signature = Signature.read(model.parent)
        self.device = device
        try:
            self._session = self._open(model, architecture)
        except Exception as error:
            raise sdk_failure(popart, error, "take the model") from error
        self._anchors: Mapping[str, Any] = {}

    def export(self, path: Path) -> None:
        """Compiles and writes a PopEF file; on an offline device only."""
        try:
            self._session.compileAndExport(str(path))
        except Exception as error:
            raise sdk_failure(self._popart, error, "compile the model") from error
        if not path.is_file():
            raise WorkerError("toolchain-error", f"PopART said it had compiled the model, and left no {path.name}")

    def prepare(self, executable: Path | None) -> None:
        """Makes it ready to run: with an executable that was exported before, or compiling where none is given."""
        try:
            if executable is not None:
                self._session.loadExecutable(str(executable))
            self._session.prepareDevice()
            self._session.weightsFromHost()
            self._anchors = self._session.initAnchorArrays()
        except Exception as error:
            raise sdk_failure(self._popart, error, "load the model") from error

    def run(self, inputs: Mapping[str, Any]) -> Sequence[Any]:
        """The outputs in the signature's order. They are overwritten by the next run."""
        try:
            self._session.run(self._popart.PyStepIO(dict(inputs), self._anchors))
        except Exception as error:
            raise sdk_failure(self._popart, error, "run the model") from error
        return [np.asarray(self._anchors[tensor.name]).reshape(tensor.shape) for tensor in self._signature.outputs]

    def _open(self, model: Path, architecture: str) -> Any:
        popart = self._popart
        options = popart.SessionOptions()
        options.constantWeights = True
        options.enableStochasticRounding = False
        options.partialsTypeMatMuls = "float"
        options.convolutionOptions = {"partialsType": "float"}
        anchors = {tensor.name: popart.AnchorReturnType("All") for tensor in self._signature.outputs}
        return popart.InferenceSession(
            fnModel=str(model),
            dataFlow=popart.DataFlow(1, anchors),
            deviceInfo=self._choose_device(popart.DeviceManager(), architecture),
            userOptions=options,
        )

    def _choose_device(self, manager: Any, architecture: str) -> Any:
        if self.device == OFFLINE:
            return manager.createOfflineIPUDevice({"numIPUs": 1, "ipuVersion": architecture})
        if self.device == IPU_MODEL:
            return manager.createIpuModelDevice({"numIPUs": 1, "tilesPerIPU": TILES, "ipuVersion": architecture})
        # Only the leased one is to be seen.
        return manager.acquireAvailableDevice(numIpus=1)
