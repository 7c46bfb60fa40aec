"""The tvm worker: Apache TVM's LLVM back end, with a schedule of our own that needs no measuring."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from importlib.metadata import version
from typing import TYPE_CHECKING

from fettle_worker import Facts, Request, Signature, infer_split, main, open_split, write_json

if TYPE_CHECKING:
    from cpu_schedule import ScheduleReport
    from running import Session

LIBRARY = "model.so"
KERNELS = "kernels.json"
_VERSIONED = ("apache-tvm", "apache-tvm-ffi", "numpy", "onnx", "ziglang")


def probe(_: Request) -> Facts:
    import tvm  # noqa: PLC0415 - heavy, and other verbs must set the threads first
    from linker import linker_version  # noqa: PLC0415

    llvm = tvm.target.codegen.llvm_version_major()
    return {"versions": _versions(), "notes": [f"LLVM {llvm} generates code, {linker_version()} links it"]}


def compile_model(request: Request) -> Facts:
    """Options: `target` (kind, mtriple, mcpu), `schedule` (cpu or none)."""
    from building import build, write_library  # noqa: PLC0415
    from cpu_target import read_target  # noqa: PLC0415
    from importing import import_model  # noqa: PLC0415
    from linker import linker_version  # noqa: PLC0415
    from read_back import read_back  # noqa: PLC0415

    source = request.input("model")
    schedule = request.options.text("schedule", "cpu")
    target = read_target(request.options.mapping("target"))
    request.progress("importing", 0.05)
    module = import_model(source / "model.onnx")
    request.progress("compiling", 0.15)
    executable, report = build(module, target, schedule)
    request.progress("linking", 0.8)
    library = request.out / LIBRARY
    write_library(executable, library, target)
    request.progress("reading back what was built", 0.85)
    built = read_back(executable.mod, library, target)
    Signature.read(source).write(request.out)
    write_json(request.out / KERNELS, {"precisions": dict(sorted(report.precisions.items()))})
    return {
        "versions": _versions(),
        "files": [LIBRARY, KERNELS],
        "requires": _requires(request, target.architecture),
        "details": {**built, "linker": linker_version(), "schedule": schedule, "kernels": dict(sorted(report.scheduled.items())), "left": report.left},
        "notes": _notes(report),
    }


def infer(request: Request) -> Facts:
    session = _open(request)
    artifact = request.input("artifact")
    names = [tensor.name for tensor in Signature.read(artifact).outputs]
    notes = infer_split(request, names, session.run)
    precisions: dict[str, int] = json.loads((artifact / KERNELS).read_text(encoding="utf-8"))["precisions"]
    total = sum(precisions.values()) or 1
    return {
        # The library holds the kernels that were generated and nothing else: what they were typed is what they compute.
        "executedPrecision": {name: {"ops": count / total, "time": None} for name, count in precisions.items()},
        "precisionEvidence": "declared",
        "placement": {"CPU": 1.0},
        "details": {},
        "notes": notes,
    }


def load_inferences(request: Request) -> list[Callable[[], object]]:
    session = _open(request)
    return [session.prepared(sample.inputs) for sample in open_split(request).head()]


def _open(request: Request) -> Session:
    os.environ["TVM_NUM_THREADS"] = str(request.threads)
    from running import Session  # noqa: PLC0415 - after the threads are set

    artifact = request.input("artifact")
    return Session(artifact / LIBRARY, Signature.read(artifact))


def _notes(report: ScheduleReport) -> list[str]:
    if not report.left:
        return []
    return [f"{len(report.left)} of {len(report.left) + report.functions} kernels could not be scheduled and run as plain loops"]


def _requires(request: Request, architecture: str) -> dict[str, object]:
    """Ahead-of-time code: it needs every feature its target's CPU has, whether or not an instruction of it was chosen."""
    features = request.target.texts("features") if request.target is not None else []
    packages = {name: version(name) for name in ("apache-tvm", "apache-tvm-ffi")}
    return {"architecture": architecture, "cpuFeatures": list(features), "packages": packages}


def _versions() -> dict[str, str]:
    return {name: version(name) for name in _VERSIONED}


if __name__ == "__main__":
    main({"probe": probe, "compile": compile_model, "infer": infer}, measure=load_inferences)
