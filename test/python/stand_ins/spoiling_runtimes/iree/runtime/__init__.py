"""Stands in for IREE's runtime; see `spoiled`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spoiled import Output, compute


def asdevicearray(device: str, array: NDArray[Any]) -> NDArray[Any]:
    return np.array(array)


def get_device(name: str) -> str:
    return name


class Config:
    vm_instance = None

    def __init__(self, device: str) -> None:
        self.device = device


class VmModule:
    @staticmethod
    def from_buffer(instance: None, data: object) -> object:
        return data


class SystemContext:
    def __init__(self, config: Config) -> None:
        self.modules = SimpleNamespace(module={"main": lambda *inputs: Output(compute(list(inputs)))})

    def add_vm_module(self, module: object) -> None:
        pass
