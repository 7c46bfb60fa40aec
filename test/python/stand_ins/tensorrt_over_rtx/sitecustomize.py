"""Gives a process a CUDA driver of no machine, with one GPU of compute capability CAPABILITY (`8.9`), and driver 580.65.06."""

from __future__ import annotations

import ctypes
import os
from typing import Any

REAL = ctypes.CDLL
_ATTRIBUTES = {75: 0, 76: 1}


class StandInDriver:
    def __getattr__(self, _: str) -> Any:
        return lambda *_: 0

    def cuDeviceGetAttribute(self, value: Any, attribute: Any, _: Any) -> int:  # noqa: N802
        value._obj.value = int(os.environ["CAPABILITY"].split(".")[_ATTRIBUTES[attribute.value]])
        return 0

    def nvmlSystemGetDriverVersion(self, text: Any, _: Any) -> int:  # noqa: N802
        text.value = b"580.65.06"
        return 0


def open_library(name: str, *rest: Any, **named: Any) -> Any:
    return StandInDriver() if name in ("libcuda.so.1", "libnvidia-ml.so.1") else REAL(name, *rest, **named)


ctypes.CDLL = open_library  # type: ignore[misc,assignment]
