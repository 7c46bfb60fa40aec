"""Runs a compiled library. TVM reads its number of threads when it is imported, so it must be set before this module is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tvm
from fettle_worker import Signature
from tvm import relax

Array = npt.NDArray[np.generic]


class Session:
    """A loaded library with the names that its positional inputs and outputs stand for."""

    def __init__(self, library: Path, signature: Signature) -> None:
        self._device = tvm.cpu(0)
        self._machine = relax.VirtualMachine(tvm.runtime.load_module(str(library)), self._device)
        self._main = self._machine["main"]
        self._inputs = [tensor.name for tensor in signature.inputs]

    def run(self, feeds: Mapping[str, Array]) -> Sequence[Array]:
        """Outputs in the model's order, copied out of TVM's memory."""
        return [value.numpy() for value in _as_list(self._main(*self._tensors(feeds)))]

    def prepared(self, feeds: Mapping[str, Array]) -> partial[object]:
        """One inference on inputs that already lie in TVM's memory: what is timed is the model alone."""
        return partial(self._main, *self._tensors(feeds))

    def _tensors(self, feeds: Mapping[str, Array]) -> list[object]:
        return [tvm.runtime.tensor(np.ascontiguousarray(feeds[name]), self._device) for name in self._inputs]


def _as_list(result: object) -> list[object]:
    """A model with one output gives a tensor, one with several an array of them."""
    return [result] if isinstance(result, tvm.runtime.Tensor) else list(result)
