"""Stands in for TVM: a library that gives back its first input, and says whenever data goes to or from the runtime."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class Tensor:
    def __init__(self, array: NDArray[Any]) -> None:
        self._array = np.array(array)

    def numpy(self) -> NDArray[Any]:
        print("taken out")
        return np.array(self._array)


class runtime:  # noqa: N801 - a module of TVM
    Tensor = Tensor

    @staticmethod
    def tensor(array: NDArray[Any], device: int) -> Tensor:
        print("put in")
        return Tensor(array)

    @staticmethod
    def load_module(path: str) -> str:
        return path


def cpu(index: int) -> int:
    return index
