"""The device of IREE's runtime that runs a module, and how it is opened."""

from __future__ import annotations

from pathlib import Path

from fettle_worker import WorkerError
from vmfb import NotModule, read_vmfb

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
