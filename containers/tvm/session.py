"""A loaded library and TVM's virtual machine, with an account of the kernels it calls."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import tvm
from numpy.typing import NDArray
from tvm import relax

from fettle_worker import Signature, WorkerError

LIBRARY = "model.so"


@dataclass
class KernelAccount:
    """What one kernel did over the inferences that were watched; `dtype` is of what it writes."""

    dtype: str
    calls: int = 0
    nanoseconds: int = 0


@dataclass
class _Watch:
    kernels: dict[str, KernelAccount] = field(default_factory=dict)
    started: int = 0

    def __call__(self, _function: object, symbol: str, before: bool, _result: object, *arguments: object) -> int:
        if before:
            self.started = time.perf_counter_ns()
            return int(relax.VMInstrumentReturnKind.NO_OP)
        elapsed = time.perf_counter_ns() - self.started
        tensors = [argument for argument in arguments if isinstance(argument, tvm.runtime.Tensor)]
        if not symbol.startswith("vm.") and tensors:
            # A kernel writes its last argument.
            account = self.kernels.setdefault(symbol, KernelAccount(str(tensors[-1].dtype)))
            account.calls += 1
            account.nanoseconds += elapsed
        return int(relax.VMInstrumentReturnKind.NO_OP)


@dataclass(frozen=True)
class _Edge:
    """A tensor that an input is copied into, and its memory as numpy sees it. To make a tensor anew, as TVM's own functions do,
    takes longer than a small model."""

    tensor: object
    view: NDArray[np.generic]


class Session:
    """Runs one library. TVM takes inputs by position: in the model's own order, which signature.json keeps."""

    def __init__(self, folder: Path) -> None:
        signature = Signature.read(folder)
        self.outputs = [tensor.name for tensor in signature.outputs]
        self._inputs = [tensor.name for tensor in signature.inputs]
        self._device = tvm.cpu(0)
        self._edges: dict[str, _Edge] = {}
        self._machine = self._load(folder / LIBRARY)
        self._main = self._machine["main"]

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> list[NDArray[np.generic]]:
        """One inference, from arrays in the host's memory to arrays there."""
        result = self._main(*self._put(inputs))
        tensors = [result] if isinstance(result, tvm.runtime.Tensor) else list(result)
        return [np.array(np.from_dlpack(tensor)) for tensor in tensors]

    def watch(self, samples: Sequence[Mapping[str, NDArray[np.generic]]]) -> dict[str, KernelAccount]:
        """Runs the samples once each on a machine that is watched: kernel -> what it did. Watching costs time; do not measure it."""
        watch = _Watch()
        self._main(*self._put(samples[0]))
        self._machine.set_instrument(watch)
        try:
            for inputs in samples:
                self._main(*self._put(inputs))
        finally:
            self._machine.set_instrument(lambda *_: relax.VMInstrumentReturnKind.NO_OP)
        return watch.kernels

    def _put(self, inputs: Mapping[str, NDArray[np.generic]]) -> list[object]:
        """The inputs in TVM's own tensors, in its order."""
        return [self._edge(name, inputs[name]).tensor for name in self._inputs]

    def _edge(self, name: str, array: NDArray[np.generic]) -> _Edge:
        """An input's tensor, which has these values now."""
        edge = self._edges.get(name)
        if edge is None or edge.view.shape != array.shape or edge.view.dtype != array.dtype:
            tensor = tvm.runtime.tensor(array, self._device)
            edge = self._edges[name] = _Edge(tensor, np.from_dlpack(tensor))
        edge.view[...] = array
        return edge

    def _load(self, path: Path) -> relax.VirtualMachine:
        try:
            return relax.VirtualMachine(tvm.runtime.load_module(str(path)), self._device)
        except (RuntimeError, OSError) as error:
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            key_line = lines[-1] if lines else ""
            raise WorkerError("toolchain-error", f"the library cannot be loaded here: {key_line}", {"keyLine": key_line}) from error
