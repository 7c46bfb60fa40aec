"""From the graph to a shared library, and what the compiler says about it on the way."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tvm
from tvm import ir, relax

from cpu_schedule import ScheduleReport
from cpu_target import CpuTarget
from fettle_worker import WorkerError
from linker import LinkTarget, link
from relax_passes import cpu_pipeline


@dataclass(frozen=True)
class Compiled:
    executable: relax.VMExecutable
    #: None for TVM's own pipeline, which schedules nothing for CPUs.
    report: ScheduleReport | None

    def modules(self) -> list[Any]:
        """The runtime modules inside, outermost first."""
        return list(_walk(self.executable.mod))


def compile_graph(module: ir.IRModule, target: CpuTarget, scheduled: bool) -> Compiled:
    """Raises WorkerError `unsupported-model` where TVM cannot lower the graph."""
    report = ScheduleReport() if scheduled else None
    pipeline = cpu_pipeline(target, report) if report is not None else "default"
    try:
        with tvm.transform.PassContext(opt_level=3):
            return Compiled(tvm.compile(module, target.tvm, relax_pipeline=pipeline), report)
    except (tvm.error.TVMError, TypeError, ValueError) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        key_line = next((line for line in lines if "Check failed" in line or "Error" in line), lines[-1] if lines else "")
        raise WorkerError("unsupported-model", f"TVM cannot compile the model: {key_line[:300]}", {"keyLine": key_line}) from error


def export_library(compiled: Compiled, target: LinkTarget, output: Path) -> None:
    """Writes the shared library. Its bytes depend on the model and the target alone."""
    with tempfile.TemporaryDirectory() as scratch:
        compiled.executable.export_library(str(output), fcompile=_linking(target, Path(scratch)), workspace_dir=scratch)


def _linking(target: LinkTarget, scratch: Path) -> Callable[..., None]:
    def run(output: str, objects: Sequence[str], **_: object) -> None:
        link(Path(output), [Path(name) for name in objects], target, scratch)

    # How TVM asks a linker function what it takes and makes.
    run.object_format = "o"  # type: ignore[attr-defined]
    run.output_format = "so"  # type: ignore[attr-defined]
    return run


def _walk(module: object) -> list[object]:
    found = [module]
    for inner in module.imports:  # type: ignore[attr-defined]
        found += _walk(inner)
    return found
