"""The verb `compile`: a prepared model to a plan in the precision asked for."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import onnx
from google.protobuf.message import DecodeError

from fettle_tensorrt.building import BuildSettings, Built, Prepared, build_plan
from fettle_tensorrt.half import to_half
from fettle_worker import Request, Signature, WorkerError

PLAN = "model.plan"
#: What tuning found out, where it is kept.
TIMINGS = "timing.cache"
#: What a run must know of the plan beside it.
NETWORK = "network.json"


@dataclass(frozen=True)
class Artifact:
    built: Built
    #: Names in `request.out`, the plan first.
    files: list[str]
    #: For the facts' `details`.
    details: dict[str, object]
    notes: list[str]


def compile_to_plan(request: Request, trt: ModuleType, settings: BuildSettings) -> Artifact:
    """Options: `precision`. Leaves `model.plan`, `signature.json` and, where it is kept, `timing.cache` in `request.out`; the
    caller adds `network.json` (`write_network`).

    A prepared model is float32; for `float16` it is rewritten first. `int8` is what the model's own Q/DQ pairs say, and a model
    without them is refused: nothing in it would be int8.
    """
    precision = request.options.text("precision")
    source = request.input("model")
    model = source / "model.onnx"
    signature = Signature.read(source)
    details: dict[str, object] = {"tf32": settings.tf32}
    notes: list[str] = []
    if precision == "int8":
        _require_quantised(model, settings.product)
    with tempfile.TemporaryDirectory(dir=request.workspace) as scratch:
        if precision == "float16":
            request.progress("rewriting the model to float16", 0.0)
            model, report = _write_half(model, Path(scratch))
            details["float16"] = {"nodes": report[0], "keptInFloat32": report[1]}
            notes += report[2]
        request.progress("parsing", None)
        built = build_plan(trt, Prepared(model, signature.inputs), settings, _scaled(request.progress))
    _check_declared(built, precision, settings.product)
    (request.out / PLAN).write_bytes(built.plan)
    signature.write(request.out)
    if built.profile:
        details["profile"] = built.profile
    details["layers"] = built.layers
    files = [PLAN, NETWORK]
    if built.timings is not None:
        (request.out / TIMINGS).write_bytes(built.timings)
        details["timingCache"] = {"bytes": len(built.timings), "digest": f"sha256:{hashlib.sha256(built.timings).hexdigest()}"}
        files.append(TIMINGS)
    return Artifact(built, files, details, [*notes, *built.warnings])


def _scaled(tell: Callable[[str, float | None], None]) -> Callable[[str, float | None], None]:
    return lambda text, fraction: tell(f"building: {text}", fraction)


def _write_half(model: Path, scratch: Path) -> tuple[Path, tuple[int, dict[str, int], list[str]]]:
    try:
        loaded = onnx.load(model)
    except DecodeError as error:
        raise WorkerError("invalid-model", f"the file is not an ONNX model: {error}") from error
    report = to_half(loaded)
    target = scratch / "half.onnx"
    onnx.save(loaded, target)
    return target, (report.halved, dict(report.kept), report.notes())


def _require_quantised(model: Path, product: str) -> None:
    graph = onnx.load(model, load_external_data=False).graph
    if not any(node.op_type == "DequantizeLinear" for node in graph.node):
        message = f"{product} computes in int8 where the model has QuantizeLinear and DequantizeLinear pairs, and this one has none"
        raise WorkerError("unsupported-model", message, {"hint": "quantise the model first, or leave `int8` out of `try.precision`"})


def _check_declared(built: Built, precision: str, product: str) -> None:
    """A network that declares nothing of what was asked for cannot execute it."""
    if built.declared and precision not in built.declared:
        declared = ", ".join(built.declared)
        raise WorkerError("unsupported-model", f"{product} made a network of {declared} alone, and none of it is {precision}")
