"""The version of NVIDIA's kernel driver, by the management library that every driver brings."""

from __future__ import annotations

import ctypes
from typing import Any

_LIBRARY = "libnvidia-ml.so.1"
#: NVML_SYSTEM_DRIVER_VERSION_BUFFER_SIZE of nvml.h.
_LONGEST = 80


def driver_version(library: str = _LIBRARY) -> str | None:
    """`580.65.06`, as nvidia-smi shows it; None where the library is missing or does not answer."""
    try:
        return read_version(ctypes.CDLL(library))
    except OSError:
        return None


def read_version(nvml: Any) -> str | None:
    if nvml.nvmlInit_v2() != 0:
        return None
    text = ctypes.create_string_buffer(_LONGEST)
    status = nvml.nvmlSystemGetDriverVersion(text, ctypes.c_uint(_LONGEST))
    nvml.nvmlShutdown()
    return text.value.decode(errors="replace") or None if status == 0 else None
