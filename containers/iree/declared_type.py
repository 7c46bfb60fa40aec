"""An output in the type that the model declares for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fettle_worker import TensorSignature, WorkerError


def as_declared(array: NDArray[np.generic], tensor: TensorSignature) -> NDArray[np.generic]:
    """IREE's integers have no sign and its booleans are bytes: the bits are given the type that the model declares."""
    wanted = np.dtype(tensor.dtype)
    if array.dtype == wanted:
        return array
    if array.dtype.itemsize == wanted.itemsize and array.dtype.kind in "iub" and wanted.kind in "iub":
        return array.view(wanted)
    raise WorkerError("toolchain-error", f"{tensor.name} came as {array.dtype.name} and is declared {tensor.dtype}")
