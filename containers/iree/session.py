"""A loaded module on one device of IREE's runtime."""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from pathlib import Path

import iree.runtime as rt
import numpy as np
from numpy.typing import NDArray

from declared_type import as_declared
from device import device_of
from fettle_worker import Signature, WorkerError
from invocation import FUNCTION
from versions import MODULE


class Session:
    """Runs one module. IREE takes inputs by position: in the model's own order, which signature.json keeps."""

    def __init__(self, folder: Path, threads: int) -> None:
        signature = Signature.read(folder)
        self.outputs = [tensor.name for tensor in signature.outputs]
        self._inputs = [tensor.name for tensor in signature.inputs]
        self._results = signature.outputs
        self.device, flags = device_of(folder / MODULE, threads)
        try:
            if flags:
                rt.flags.parse_flags(*flags)
            self._device = rt.get_device(self.device)
            config = rt.Config(device=self._device)
            context = rt.SystemContext(config=config)
            context.add_vm_module(rt.VmModule.from_buffer(config.vm_instance, _map(folder / MODULE)))
            self._main = context.modules.module[FUNCTION]
        except (RuntimeError, ValueError, OSError) as error:
            raise _failed("IREE cannot load the module here", error) from error

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> list[NDArray[np.generic]]:
        """One inference, from arrays in the host's memory to arrays there; it is over when this returns."""
        try:
            result = self._main(*(rt.asdevicearray(self._device, inputs[name]) for name in self._inputs))
        except (RuntimeError, ValueError) as error:
            raise _failed("IREE cannot run the module", error) from error
        values = result if isinstance(result, tuple) else (result,)
        return [as_declared(np.asarray(value), tensor) for value, tensor in zip(values, self._results, strict=True)]


def _map(path: Path) -> mmap.mmap:
    """The file in memory, read-only as it is: the runtime's own `VmModule.mmap` opens it for writing."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _failed(what: str, error: Exception) -> WorkerError:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    key_line = lines[0] if lines else type(error).__name__
    return WorkerError("toolchain-error", f"{what}: {key_line}", {"keyLine": key_line})
