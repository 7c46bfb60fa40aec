"""PopART as this worker finds it: part of Graphcore's Poplar SDK, which no package registry has."""

from __future__ import annotations

import importlib
from typing import Any

from fettle_worker import WorkerError


def load_popart() -> Any:
    """The module `popart`. Raises WorkerError `toolchain-error` where the SDK is not installed, or is but cannot be loaded."""
    try:
        return importlib.import_module("popart")
    except ImportError as error:
        message = f"PopART cannot be imported here ({error}); it is part of Graphcore's Poplar SDK"
        hint = "run this toolchain in an image that holds the SDK: containers.images.poplar in fettle.yaml"
        raise WorkerError("toolchain-error", message, {"keyLine": str(error), "hint": hint}) from error


def sdk_failure(popart: Any, error: Exception, doing: str) -> WorkerError:
    """A failure of PopART's or Poplar's; `doing` completes "PopART cannot ...". Anything else is a bug, and raised again."""
    kinds = tuple(getattr(popart, name) for name in ("popart_exception", "poplar_exception", "poplibs_exception") if hasattr(popart, name))
    if not isinstance(error, kinds):
        raise error
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    key_line = lines[0] if lines else type(error).__name__
    return WorkerError("toolchain-error", f"PopART cannot {doing}: {key_line}", {"keyLine": key_line})
