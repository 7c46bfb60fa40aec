"""From TVM's graph to a shared library on disk."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Protocol

import tvm
from cpu_schedule import ScheduleReport
from cpu_target import CpuTarget
from fettle_worker import WorkerError
from linker import link
from relax_passes import cpu_pipeline


class Executable(Protocol):
    """What of `tvm.relax.VMExecutable` is used here."""

    mod: tvm.runtime.Module

    def export_library(self, file_name: str, *, fcompile: object) -> object: ...


def build(module: tvm.ir.IRModule, target: CpuTarget, schedule: str) -> tuple[Executable, ScheduleReport]:
    """Compiles for the target with Fettle's schedule (`cpu`) or TVM's default pipeline (`none`).

    Raises WorkerError `toolchain-error` with TVM's own last line.
    """
    report = ScheduleReport()
    pipeline = cpu_pipeline(target, report) if schedule == "cpu" else "default"
    try:
        with tvm.transform.PassContext(opt_level=3):
            return tvm.compile(module, target.tvm, relax_pipeline=pipeline), report
    # TVM's passes raise errors of many types, Python's own among them.
    except Exception as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        key_line = lines[-1][:300] if lines else type(error).__name__
        raise WorkerError("toolchain-error", f"TVM could not compile the model: {key_line}", {"keyLine": key_line}) from error


def write_library(executable: Executable, output: Path, target: CpuTarget) -> None:
    """Links the compiled objects to `output` with this worker's own linker, so that nothing of the build machine is in it."""
    with tempfile.TemporaryDirectory() as scratch:
        executable.export_library(str(output), fcompile=_Linking(target.architecture, Path(scratch)))


class _Linking:
    """TVM's `fcompile`: called with the output's path and the objects'; its attributes say what it takes and gives."""

    output_format = "so"
    object_format = "o"

    def __init__(self, architecture: str, scratch: Path) -> None:
        self._architecture = architecture
        self._scratch = scratch

    def __call__(self, output: str, objects: list[str], **_: object) -> None:
        link(Path(output), [Path(each) for each in objects], self._architecture, self._scratch)

    def get_target_triple(self) -> None:
        """None: TVM then writes the module's own triple into what it adds, not a compiler's."""
