"""The verbs that compile: `probe` and `compile`."""

from __future__ import annotations

from pathlib import Path

import tvm

from build import Compiled, compile_graph, export_library
from cpu_schedule import ScheduleReport
from cpu_target import CpuTarget, read_target
from elf import ElfFile
from fettle_worker import Facts, Options, Request, Signature, WorkerError
from linker import LinkTarget, linker_version
from onnx_import import import_onnx
from proof import assembly_facts, llvm_facts
from session import LIBRARY
from versions import runtime_versions, versions

#: Where a request names no C library: what the newest wheels of TVM themselves need.
_GLIBC = "2.28"


def probe(_: Request) -> Facts:
    if not tvm.runtime.enabled("llvm"):
        raise WorkerError("toolchain-error", "this build of TVM has no LLVM, so it cannot compile for a CPU")
    notes = [f"LLVM {tvm.target.codegen.llvm_version_major()} for x86-64 and AArch64, linked by {linker_version()}"]
    return {"versions": versions(), "notes": notes}


def compile_model(request: Request) -> Facts:
    """Options: `target` (`{"kind": "llvm", "mtriple", "mcpu"}`); `schedule`: `cpu` (Fettle's) or `none` (TVM's plain loops)."""
    source = request.input("model")
    target = read_target(request.options.mapping("target"))
    request.progress("importing", 0.05)
    graph = import_onnx(source / "model.onnx")
    request.progress("compiling", 0.15)
    compiled = compile_graph(graph, target, scheduled=request.options.text("schedule", "cpu") == "cpu")
    request.progress("linking", 0.8)
    library = request.out / LIBRARY
    export_library(compiled, LinkTarget(target.architecture, _glibc(request.target)), library)
    Signature.read(source).write(request.out)
    request.progress("reading back what was built", 0.85)
    return {
        "versions": versions(),
        "files": [LIBRARY],
        "requires": {
            "architecture": target.architecture,
            "cpuFeatures": request.target.texts("features") if request.target else [],
            "packages": runtime_versions(),
        },
        "details": _details(compiled, target, library),
        "notes": _notes(compiled.report),
    }


def _details(compiled: Compiled, target: CpuTarget, library: Path) -> dict[str, object]:
    details: dict[str, object] = {
        "target": {"triple": target.triple, "cpu": target.cpu, "lanes": target.unit.lanes, "registers": target.unit.registers},
        "modules": [module.kind for module in compiled.modules()],
        "library": _library_facts(library, target),
    }
    for module in compiled.modules():
        if module.kind == "llvm":
            details["llvm"] = llvm_facts(module.inspect_source("ll"))
            details["assembly"] = assembly_facts(module.inspect_source("asm"), target.architecture)
    if compiled.report is not None:
        details["schedule"] = {"scheduled": dict(sorted(compiled.report.scheduled.items())), "left": compiled.report.left}
    return details


def _library_facts(library: Path, target: CpuTarget) -> dict[str, object]:
    """Raises WorkerError `toolchain-error` for a library of another architecture: nothing in it could be trusted."""
    file = ElfFile(library.read_bytes())
    if file.machine != target.architecture:
        raise WorkerError("toolchain-error", f"the library was linked for {file.machine}, not for {target.architecture}")
    kernels = [name for name in file.exported if name.startswith("__tvm_ffi_") and not name.startswith("__tvm_ffi__")]
    return {
        "machine": file.machine,
        "needed": file.needed,
        "imported": file.imported,
        "kernels": len(kernels),
        "linker": linker_version(),
    }


def _notes(report: ScheduleReport | None) -> list[str]:
    if report is None:
        return ["compiled with TVM's own pipeline, which leaves plain loops on CPUs"]
    if not report.left:
        return report.notes
    first = next(iter(report.left))
    return [*report.notes, f"{len(report.left)} functions keep TVM's plain loops; the first is {first}: {report.left[first]}"]


def _glibc(target: Options | None) -> tuple[int, int]:
    system = Options(target.mapping("system")) if target else Options({})
    major, minor = system.text("version", _GLIBC).split(".")[:2]
    return int(major), int(minor)
