"""The tensorrt-rtx worker: NVIDIA's TensorRT for RTX, which compiles for a GPU without one."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

# The package `tensorrt_rtx` only passes this one on.
import tensorrt_rtx_bindings as trt

from fettle_tensorrt import BuildSettings, Fit, compile_to_plan, infer_plan, load_plan, parser_capability, write_network
from fettle_worker import Facts, Options, Request, WorkerError, main

PRODUCT = "TensorRT for RTX"
_PACKAGES = {"tensorrt-rtx": "tensorrt-rtx-cu13-libs", "onnx": "onnx", "numpy": "numpy"}


def probe(_: Request) -> Facts:
    known = [name.lower().replace("sm", "sm_") for name in trt.ComputeCapability.__members__ if name.startswith("SM")]
    return {"versions": _versions(), "notes": [f"compiles for {', '.join(known)}; needs no GPU and no driver"]}


def compile_model(request: Request) -> Facts:
    """Options: `precision`, `tf32`. The target's architecture is a compute capability: `sm_89`."""
    if request.target is None:
        raise ValueError("a compile request without a target")
    architecture = request.target.text("architecture")
    capability = _capability(architecture)

    def configure(config: Any) -> None:
        config.num_compute_capabilities = 1
        config.set_compute_capability(capability, 0)
        config.profiling_verbosity = trt.ProfilingVerbosity.DETAILED

    settings = BuildSettings(PRODUCT, request.options.flag("tf32"), configure)
    artifact = compile_to_plan(request, trt, settings)
    # Kernels are made on the GPU when the plan is loaded, so that it is tied to no driver.
    needs = Fit(architecture, trt.__version__, None)
    write_network(request.out, needs, artifact.built.declared)
    return {
        "versions": _versions(),
        "files": artifact.files,
        "requires": _requires(request.target, needs),
        "declared": {"precision": artifact.built.declared, "estimates": []},
        "details": {**artifact.details, "computeCapability": architecture},
        "notes": artifact.notes,
    }


def capability(request: Request) -> Facts:
    return {**parser_capability(request, trt, PRODUCT), "versions": _versions()}


def infer(request: Request) -> Facts:
    return infer_plan(request, trt, PRODUCT)


def load_inferences(request: Request) -> list[Callable[[], object]]:
    return load_plan(request, trt, PRODUCT)


def _capability(architecture: str) -> object:
    members = trt.ComputeCapability.__members__
    name = architecture.upper().replace("_", "")
    if name not in members:
        known = ", ".join(each.lower().replace("sm", "sm_") for each in members if each.startswith("SM"))
        raise WorkerError("unsupported-model", f"{PRODUCT} does not compile for {architecture}; it does for {known}")
    return members[name]


def _requires(target: Options, needs: Fit) -> dict[str, object]:
    return {
        "architecture": target.text("host"),
        "cpuFeatures": [],
        "packages": {"tensorrt-rtx": _versions()["tensorrt-rtx"]},
        "device": needs.required_device(),
    }


def _versions() -> dict[str, str]:
    return {name: version(package) for name, package in _PACKAGES.items()}


if __name__ == "__main__":
    main({"probe": probe, "compile": compile_model, "infer": infer, "capability": capability}, measure=load_inferences)
