"""The tensorrt worker: NVIDIA's TensorRT 11, which tunes on the GPU that a plan is for.

It runs in an image that Fettle did not make, so what it needs may be missing: that is told, and what it needs comes in late.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from fettle_worker import Facts, Request, WorkerError, main


def probe(request: Request) -> Facts:
    facts: Facts = _verbs().probe(request)
    return facts


def compile_model(request: Request) -> Facts:
    facts: Facts = _verbs().compile_model(request)
    return facts


def infer(request: Request) -> Facts:
    facts: Facts = _verbs().infer(request)
    return facts


def capability(request: Request) -> Facts:
    facts: Facts = _verbs().capability(request)
    return facts


def load_inferences(request: Request) -> list[Callable[[], object]]:
    inferences: list[Callable[[], object]] = _verbs().load_inferences(request)
    return inferences


def _verbs() -> Any:
    try:
        verbs = importlib.import_module("verbs")
    except ImportError as error:
        message = f"TensorRT cannot be used here: {error}"
        hint = "the image must hold TensorRT 11, onnx and numpy for the Python that runs workers: containers.images.tensorrt in fettle.yaml"
        raise WorkerError("toolchain-error", message, {"keyLine": str(error), "hint": hint}) from error
    verbs.check_version()
    return verbs


if __name__ == "__main__":
    verbs = {"probe": probe, "compile": compile_model, "infer": infer, "capability": capability}
    main(verbs, measure=load_inferences)
