"""Gives a process the stand-in for a CUDA driver, with one GPU of compute capability CAPABILITY (`8.9`), where that is set."""

from __future__ import annotations

import ctypes
import os
from typing import Any

from cuda_driver import StandInDriver

REAL = ctypes.CDLL


def stand_in_for(capability: str) -> Any:
    major, minor = capability.split(".")
    driver = StandInDriver((int(major), int(minor)))
    libraries = ("libcuda.so.1", "libnvidia-ml.so.1")
    return lambda name, *rest, **named: driver if name in libraries else REAL(name, *rest, **named)


if "CAPABILITY" in os.environ:
    ctypes.CDLL = stand_in_for(os.environ["CAPABILITY"])  # type: ignore[misc]
