"""What the worker does with TensorRT, once it is there."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import tensorrt as trt

from fettle_tensorrt import (
    BuildSettings,
    Cuda,
    Fit,
    compile_to_plan,
    driver_version,
    infer_plan,
    load_plan,
    open_driver,
    parser_capability,
    write_network,
)
from fettle_worker import Facts, Request, WorkerError

PRODUCT = "TensorRT"
#: Since 11 every network is strongly typed; before, `create_network(0)` makes one in which precision is TensorRT's choice.
_MAJOR = 11

UNVERIFIED = "Fettle's way of building plans with full TensorRT has not been verified on a GPU: it follows NVIDIA's sources and samples"


def check_version() -> None:
    """Raises WorkerError `toolchain-error` for another major version than 11."""
    major = str(trt.__version__).split(".", maxsplit=1)[0]
    if major != str(_MAJOR):
        message = f"this is TensorRT {trt.__version__}, and this toolchain is for {_MAJOR}: the two differ in how precision is chosen"
        hint = "name an image with TensorRT 11: containers.images.tensorrt in fettle.yaml"
        raise WorkerError("toolchain-error", message, {"hint": hint})


def probe(_: Request) -> Facts:
    return {"versions": _versions(), "notes": [UNVERIFIED]}


def compile_model(request: Request) -> Facts:
    """Options: `precision`, `tf32`, `optimizationLevel`. Tunes on the leased GPU, which must be of the target's architecture."""
    if request.target is None:
        raise ValueError("a compile request without a target")
    architecture = request.target.text("architecture")
    has = Cuda(open_driver()).architecture()
    if has != architecture:
        raise WorkerError("toolchain-error", f"{PRODUCT} tunes a plan on the GPU it is for: that is {architecture}, and this one is {has}")
    level = request.options.integer("optimizationLevel")

    def configure(config: Any) -> None:
        config.builder_optimization_level = level
        config.profiling_verbosity = trt.ProfilingVerbosity.DETAILED

    settings = BuildSettings(PRODUCT, request.options.flag("tf32"), configure, keep_timings=True)
    artifact = compile_to_plan(request, trt, settings)
    needs = Fit(architecture, trt.__version__, driver_version())
    write_network(request.out, needs, artifact.built.declared)
    return {
        "versions": _versions(),
        "files": artifact.files,
        "requires": {
            "architecture": request.target.text("host"),
            "cpuFeatures": [],
            "packages": {"tensorrt": trt.__version__},
            "device": needs.required_device(),
        },
        "declared": {"precision": artifact.built.declared, "estimates": []},
        "details": {**artifact.details, **needs.document(), "optimizationLevel": level},
        "notes": [*artifact.notes, UNVERIFIED],
    }


def infer(request: Request) -> Facts:
    return infer_plan(request, trt, PRODUCT)


def capability(request: Request) -> Facts:
    return {**parser_capability(request, trt, PRODUCT), "versions": _versions()}


def load_inferences(request: Request) -> list[Callable[[], object]]:
    return load_plan(request, trt, PRODUCT)


def _versions() -> dict[str, str]:
    return {"tensorrt": trt.__version__, "onnx": version("onnx"), "numpy": version("numpy")}
