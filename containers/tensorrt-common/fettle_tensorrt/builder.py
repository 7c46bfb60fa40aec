"""TensorRT's builder, which full TensorRT does not give where CUDA does not work."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from fettle_tensorrt.messages import Messages
from fettle_worker import WorkerError


def open_builder(trt: ModuleType, logger: object, messages: Messages, product: str) -> Any:
    """Raises WorkerError `toolchain-error` where there is none; the binding says so with a TypeError, and the logger says why."""
    try:
        return trt.Builder(logger)
    except TypeError as error:
        said = next(iter(messages.errors), str(error))
        details = {"keyLine": said, "hint": "full TensorRT wants a GPU and its driver also for this; tensorrt-rtx needs neither"}
        raise WorkerError("toolchain-error", f"{product} cannot be started here: {said}", details) from error
