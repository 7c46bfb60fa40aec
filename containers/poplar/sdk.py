"""PopART and PopRT as this worker finds them: both are Graphcore's, and no package registry has them."""

from __future__ import annotations

import importlib
import re
from typing import Any

from fettle_worker import WorkerError

#: `No class for ai.onnx.Frobnicate:0`, of an operator that PopART has no implementation of (willow/src/opmanager.cpp).
_NO_OPERATOR = re.compile(r"No class for (?P<domain>[\w.]+)\.(?P<operator>\w+):\d+")
#: Of bytes that are no ONNX model (willow/src/filereader.cpp).
_NO_MODEL = re.compile(r"Failed to (?:parse|load a) ModelProto")


def load_popart() -> Any:
    """The module `popart`. Raises WorkerError `toolchain-error` where the SDK is not installed, or is but cannot be loaded."""
    try:
        return importlib.import_module("popart")
    except ImportError as error:
        message = f"PopART cannot be imported here ({error}); it is part of Graphcore's Poplar SDK"
        hint = "run this toolchain in an image that holds the SDK: containers.images.poplar in fettle.yaml"
        raise WorkerError("toolchain-error", message, {"keyLine": str(error), "hint": hint}) from error


def load_poprt() -> Any:
    """The module `poprt` with its parts. Raises WorkerError `toolchain-error` where PopRT is not installed, or cannot be loaded."""
    try:
        poprt = importlib.import_module("poprt")
        for part in ("compiler", "converter", "runtime"):
            importlib.import_module(f"poprt.{part}")
    except ImportError as error:
        message = f"PopRT cannot be imported here ({error}); it is Graphcore's, and comes in images of its own"
        hint = "run this toolchain in an image that holds PopRT: containers.images.poplar in fettle.yaml; or leave `compiler: poprt` out"
        raise WorkerError("toolchain-error", message, {"keyLine": str(error), "hint": hint}) from error
    return poprt


def sdk_failure(popart: Any, error: Exception, doing: str) -> WorkerError:
    """A failure of PopART's or Poplar's; `doing` completes "PopART cannot ...". Anything else is a bug, and raised again."""
    kinds = tuple(getattr(popart, name) for name in ("popart_exception", "poplar_exception", "poplibs_exception") if hasattr(popart, name))
    if not isinstance(error, kinds):
        raise error
    unknown = _NO_OPERATOR.search(str(error))
    if unknown is not None:
        return _no_operator(unknown)
    return _failure("PopART", error, doing)


def poprt_failure(error: Exception, doing: str) -> WorkerError:
    """A failure of one of PopRT's calls. What kinds it raises is in no source that is open, so each counts as its own."""
    return _failure("PopRT", error, doing)


def _no_operator(unknown: re.Match[str]) -> WorkerError:
    domain, operator = unknown.group("domain"), unknown.group("operator")
    name = operator if domain == "ai.onnx" else f"{domain}:{operator}"
    # PopART does not say which node it is of.
    details = {"node": "", "operator": name, "keyLine": unknown.group(0)}
    return WorkerError("unsupported-operator", f"PopART has no implementation of {name}", details)


def _failure(maker: str, error: Exception, doing: str) -> WorkerError:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    key_line = lines[0] if lines else type(error).__name__
    code = "invalid-model" if _NO_MODEL.search(key_line) else "toolchain-error"
    return WorkerError(code, f"{maker} cannot {doing}: {key_line}", {"keyLine": key_line})
