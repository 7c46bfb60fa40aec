"""A module for another CPU, run by an emulator: IREE's own iree-run-module of that architecture, one process a sample."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from declared_type import as_declared
from device import device_of
from dispatches import Dispatch, NoProfile, watch
from fettle_worker import Emulator, Signature, TensorSignature, WorkerError
from invocation import Invocation, write_inputs
from versions import MODULE


class EmulatedSession:
    """Runs one module for `architecture`. As a context manager it takes its files away."""

    def __init__(self, folder: Path, architecture: str, emulator: Emulator) -> None:
        signature = Signature.read(folder)
        self.outputs = [tensor.name for tensor in signature.outputs]
        self._inputs = [tensor.name for tensor in signature.inputs]
        self._results = signature.outputs
        self._emulator = emulator
        self._runner = runner_for(architecture)
        # One thread, as for every comparison; a pool of threads would only be emulated too.
        self._invocation = Invocation(folder / MODULE, *device_of(folder / MODULE, 1))
        self._scratch = tempfile.TemporaryDirectory()

    def __enter__(self) -> EmulatedSession:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._scratch.cleanup()

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> list[NDArray[np.generic]]:
        # A folder for each sample: what the one before left can never be taken for this one's.
        with tempfile.TemporaryDirectory(dir=self._scratch.name) as folder:
            place = Path(folder)
            files = [place / f"output-{number}.npy" for number in range(len(self._results))]
            arrays = [inputs[name] for name in self._inputs]
            self._call(self._invocation.words(write_inputs(arrays, place), [f"@{file}" for file in files]), place)
            return [as_declared(_read(file, tensor), tensor) for file, tensor in zip(files, self._results, strict=True)]

    def watch(self, inputs: Mapping[str, NDArray[np.generic]]) -> list[Dispatch]:
        """What ran, by the runtime's own profiler. The times are the emulator's and say nothing. Raises NoProfile."""
        return watch(self._profiled, self._invocation, [inputs[name] for name in self._inputs], len(self.outputs))

    def _profiled(self, words: Sequence[str], folder: Path) -> None:
        try:
            self._call(words, folder)
        except WorkerError as error:
            raise NoProfile(error.message) from error

    def _call(self, words: Sequence[str], folder: Path) -> None:
        ended = self._emulator.run([str(self._runner), *words], folder)
        if ended.returncode != 0:
            lines = [line.strip() for line in ended.stderr.splitlines() if line.strip()]
            key_line = lines[0][:400] if lines else f"status {ended.returncode}"
            message = f"IREE cannot run the module under {self._emulator.title}: {key_line}"
            raise WorkerError("toolchain-error", message, {"keyLine": key_line})


def runner_for(architecture: str) -> Path:
    """The runtime's program for an architecture, where Fettle installs foreign packages of this environment."""
    return Path(sys.prefix) / "foreign" / architecture / "iree" / "_runtime_libs" / "iree-run-module"


def _read(file: Path, tensor: TensorSignature) -> NDArray[np.generic]:
    try:
        array: NDArray[np.generic] = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        message = f"iree-run-module ended well and left no output {tensor.name} that can be read: {error}"
        raise WorkerError("toolchain-error", message) from error
    return array
