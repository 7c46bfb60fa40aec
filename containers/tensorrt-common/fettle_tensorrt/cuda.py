"""The few calls of CUDA's driver API that running a plan takes, by ctypes: a driver brings the library, and nothing need be installed.

Names and numbers are those of cuda.h. `_v2` marks the 64-bit forms that the header's macros stand for.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from fettle_worker import WorkerError

_LIBRARY = "libcuda.so.1"
_CAPABILITY_MAJOR, _CAPABILITY_MINOR = 75, 76


def open_driver(library: str = _LIBRARY) -> Any:
    """The driver's library. Raises WorkerError `toolchain-error` where there is none."""
    try:
        return ctypes.CDLL(library)
    except OSError as error:
        raise WorkerError("toolchain-error", "there is no CUDA driver on this machine", {"keyLine": str(error)}) from error


class Cuda:
    """The first device that CUDA_VISIBLE_DEVICES lets this process see. Raises WorkerError `toolchain-error` wherever the driver does."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self._call("cuInit", ctypes.c_uint(0))
        self._device = ctypes.c_int()
        self._call("cuDeviceGet", ctypes.byref(self._device), ctypes.c_int(0))
        context = ctypes.c_void_p()
        # The primary context is the one that NVIDIA's own libraries take.
        self._call("cuDevicePrimaryCtxRetain", ctypes.byref(context), self._device)
        self._call("cuCtxSetCurrent", context)

    def architecture(self) -> str:
        """The device's compute capability in the words of target files: `sm_89`."""
        major, minor = self._attribute(_CAPABILITY_MAJOR), self._attribute(_CAPABILITY_MINOR)
        return f"sm_{major}{minor}"

    def allocate(self, size: int) -> int:
        """Address of `size` bytes on the device, at least one. They are given back when they are released, or the process ends."""
        address = ctypes.c_uint64()
        self._call("cuMemAlloc_v2", ctypes.byref(address), ctypes.c_size_t(max(size, 1)))
        return address.value

    def release(self, address: int) -> None:
        self._call("cuMemFree_v2", ctypes.c_uint64(address))

    def upload(self, address: int, array: np.ndarray) -> None:
        self._call("cuMemcpyHtoD_v2", ctypes.c_uint64(address), ctypes.c_void_p(array.ctypes.data), ctypes.c_size_t(array.nbytes))

    def download(self, array: np.ndarray, address: int) -> None:
        self._call("cuMemcpyDtoH_v2", ctypes.c_void_p(array.ctypes.data), ctypes.c_uint64(address), ctypes.c_size_t(array.nbytes))

    def stream(self) -> int:
        """Handle of a new stream. It does not wait for the default stream, so that copies must be complete before it is used."""
        stream = ctypes.c_void_p()
        self._call("cuStreamCreate", ctypes.byref(stream), ctypes.c_uint(1))
        return stream.value or 0

    def synchronise(self, stream: int) -> None:
        self._call("cuStreamSynchronize", ctypes.c_void_p(stream))

    def _attribute(self, number: int) -> int:
        value = ctypes.c_int()
        self._call("cuDeviceGetAttribute", ctypes.byref(value), ctypes.c_int(number), self._device)
        return value.value

    def _call(self, name: str, *words: Any) -> None:
        status = getattr(self._driver, name)(*words)
        if status != 0:
            raise WorkerError(
                "toolchain-error", f"the CUDA driver refused {name}: {self._explain(status)}", {"keyLine": f"{name}: {status}"}
            )

    def _explain(self, status: int) -> str:
        text = ctypes.c_char_p()
        known = self._driver.cuGetErrorString(ctypes.c_int(status), ctypes.byref(text)) == 0
        return text.value.decode(errors="replace") if known and text.value else f"error {status}"
