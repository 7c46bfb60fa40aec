"""A loaded module on one device of IREE's runtime."""

from __future__ import annotations

import mmap
from collections.abc import Mapping, Sequence
from pathlib import Path

import iree.runtime as rt
import numpy as np
from numpy.typing import NDArray

from fettle_worker import Signature, TensorSignature, WorkerError
from versions import MODULE
from vmfb import NotModule, read_vmfb

FUNCTION = "main"

#: Stack of the runtime's own threads in bytes: its default of 128 KiB is what one kernel alone may be compiled to need.
WORKER_STACK = 1024 * 1024


def device_of(module: Path, threads: int) -> tuple[str, tuple[str, ...]]:
    """The runtime's device for a module, and the flags it is opened with. One thread runs inline; more are a pool of as many."""
    try:
        device = read_vmfb(module).asked.device
    except NotModule as error:
        raise WorkerError("toolchain-error", str(error)) from error
    if device != "local":
        return device, ()
    if threads == 1:
        return "local-sync", ()
    return "local-task", (f"--task_topology_group_count={threads}", f"--task_worker_stack_size={WORKER_STACK}")


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

    def bind(self, inputs: Mapping[str, NDArray[np.generic]]) -> list[object]:
        """The inputs on the device, in IREE's order."""
        return [rt.asdevicearray(self._device, inputs[name]) for name in self._inputs]

    def call(self, arguments: Sequence[object]) -> object:
        """One inference on bound inputs; it is over when this returns."""
        return self._main(*arguments)

    def run(self, inputs: Mapping[str, NDArray[np.generic]]) -> list[NDArray[np.generic]]:
        try:
            result = self.call(self.bind(inputs))
        except (RuntimeError, ValueError) as error:
            raise _failed("IREE cannot run the module", error) from error
        values = result if isinstance(result, tuple) else (result,)
        return [_as_declared(np.asarray(value), tensor) for value, tensor in zip(values, self._results, strict=True)]


def _map(path: Path) -> mmap.mmap:
    """The file in memory, read-only as it is: the runtime's own `VmModule.mmap` opens it for writing."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _as_declared(array: NDArray[np.generic], tensor: TensorSignature) -> NDArray[np.generic]:
    """IREE's integers have no sign and its booleans are bytes: the bits are given the type that the model declares."""
    wanted = np.dtype(tensor.dtype)
    if array.dtype == wanted:
        return array
    if array.dtype.itemsize == wanted.itemsize and array.dtype.kind in "iub" and wanted.kind in "iub":
        return array.view(wanted)
    raise WorkerError("toolchain-error", f"{tensor.name} came as {array.dtype.name} and is declared {tensor.dtype}")


def _failed(what: str, error: Exception) -> WorkerError:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    key_line = lines[0] if lines else type(error).__name__
    return WorkerError("toolchain-error", f"{what}: {key_line}", {"keyLine": key_line})
