"""The openvino worker: OpenVINO's CPU plug-in, with every choice that changes the numbers made explicitly."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
import openvino as ov

from conversion import DEVICE, check_coverage, check_edges, check_sizes, limit_sizes, read_onnx, write_ir
from executed import executed_precision, heavy_operations, shares
from fettle_worker import Facts, Request, Sample, Signature, WorkerError, infer_split, main, open_split
from host_check import check_host
from session import BLOB, IR, WEIGHTS, RunOptions, Session, open_blob, open_ir

_VERSIONED = ("openvino", "numpy", "onnx")


def probe(_: Request) -> Facts:
    host = check_host()
    notes = [f"{host.cpu}: OpenVINO can compute in {', '.join(host.capabilities)} ({host.requirements})"]
    if "BF16" not in host.capabilities:
        notes.append("this CPU has no bfloat16 instructions: OpenVINO would run bfloat16 as float32 without saying so")
    return {"versions": _versions(), "notes": notes}


def compile_model(request: Request) -> Facts:
    """Options: `precision`; `blob` (also export the model as compiled for this CPU)."""
    source = request.input("model")
    precision = request.options.text("precision")
    signature = Signature.read(source)
    core = ov.Core()

    request.progress("converting", 0.1)
    model = read_onnx(core, source / "model.onnx")
    check_edges(model, signature)
    limit_sizes(model, signature)
    options = RunOptions(precision, request.threads, profile=False)
    details: dict[str, object] = {"coverage": check_coverage(core, model), "precisionHint": options.hint()}
    request.progress("writing the IR", 0.6)
    write_ir(model, request.out / IR)
    sizes = check_sizes(core, request.out / IR, signature)
    if sizes:
        details["sizes"] = sizes
    signature.write(request.out)

    files, notes = [IR, WEIGHTS], []
    if request.options.flag("blob", False):
        request.progress("compiling the blob", 0.8)
        details["blob"] = _export_blob(core, request.out, options)
        files.append(BLOB)
        notes.append("the blob loads only in this OpenVINO version and on CPUs with these instructions; the IR loads everywhere")
    return {"versions": _versions(), "files": files, "requires": _requires(request, precision), "details": details, "notes": notes}


def infer(request: Request) -> Facts:
    """Options: `precision`, `split`. A blob beside the IR must give the same bits as the IR, which is what is run."""
    artifact = request.input("artifact")
    options = RunOptions(request.options.text("precision"), request.threads, profile=True)
    core = ov.Core()
    session = open_ir(core, artifact, options)
    notes = []
    if (artifact / BLOB).exists():
        _check_blob(session, open_blob(core, artifact, options), open_split(request).head())
        notes.append("the blob's outputs are bit-identical to the IR's")
    names = [tensor.name for tensor in Signature.read(artifact).outputs]
    notes += infer_split(request, names, session.run)
    return {**_execution_facts(core, session), "notes": notes}


def load_inferences(request: Request) -> list[Callable[[], object]]:
    artifact = request.input("artifact")
    options = RunOptions(request.options.text("precision"), request.threads, profile=False)
    core = ov.Core()
    session = open_ir(core, artifact, options)
    return [functools.partial(session.run, sample.inputs) for sample in open_split(request).head()]


def _execution_facts(core: ov.Core, session: Session) -> Facts:
    operations = session.executed()
    if not operations:
        raise WorkerError("toolchain-error", "OpenVINO reported no executed operations, so the precision cannot be read back")
    return {
        "executedPrecision": executed_precision(operations),
        "precisionEvidence": "executed",
        "placement": {name: 1.0 / len(session.devices()) for name in session.devices()},
        "details": {
            "operations": len(operations),
            "milliseconds": round(sum(operation.seconds for operation in operations) * 1e3, 3),
            "kernels": shares(operations, lambda operation: operation.kernel),
            "matrixOperations": heavy_operations(operations),
            "cpu": str(core.get_property(DEVICE, "FULL_DEVICE_NAME")),
            "capabilities": list(core.get_property(DEVICE, "OPTIMIZATION_CAPABILITIES")),
            "properties": session.properties(),
        },
    }


def _export_blob(core: ov.Core, folder: Path, options: RunOptions) -> dict[str, str]:
    session = open_ir(core, folder, options)
    (folder / BLOB).write_bytes(session.compiled.export_model().getvalue())
    return session.properties()


def _check_blob(session: Session, blob: Session, samples: Sequence[Sample]) -> None:
    for sample in samples:
        for expected, got in zip(session.run(sample.inputs), blob.run(sample.inputs), strict=True):
            if not np.array_equal(expected, got, equal_nan=expected.dtype.kind == "f"):
                raise WorkerError("toolchain-error", f"the blob's outputs differ from the IR's on sample {sample.index}")


def _requires(request: Request, precision: str) -> dict[str, object]:
    """The IR itself runs on every CPU OpenVINO has; bfloat16 that is to be *executed* needs its instructions."""
    x86 = request.target is not None and request.target.text("architecture", "") == "x86-64"
    features = ["avx512_bf16"] if precision == "bfloat16" and x86 else []
    return {"architecture": "any", "cpuFeatures": features, "packages": {"openvino": version("openvino")}}


def _versions() -> dict[str, str]:
    return {name: version(name) for name in _VERSIONED}


if __name__ == "__main__":
    main({"probe": probe, "compile": compile_model, "infer": infer}, measure=load_inferences)
