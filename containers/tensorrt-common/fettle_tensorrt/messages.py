"""What TensorRT's logger says. It reports trouble there and nowhere else: a build can log an error and still return a plan."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass, field
from types import ModuleType

_ERRORS = ("INTERNAL_ERROR", "ERROR")
#: More would only repeat the log, which has every line.
_MOST = 50


@dataclass
class Messages:
    """Errors and warnings in the order they came; all lines go to the log besides."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, severity: str, text: str) -> None:
        if severity == "VERBOSE":
            return
        kept = self.errors if severity in _ERRORS else self.warnings if severity == "WARNING" else None
        # TensorRT logs from threads of its own.
        with self._lock:
            print(f"[{severity}] {text}", file=sys.stderr, flush=True)
            if kept is not None and len(kept) < _MOST and text not in kept:
                kept.append(text)


def open_logger(trt: ModuleType, messages: Messages) -> object:
    """A logger of the module `trt` (`tensorrt` or `tensorrt_rtx_bindings`) that passes everything to `messages`."""

    def log(_: object, severity: object, text: str) -> None:
        messages.take(str(getattr(severity, "name", severity)), text)

    return type("FettleLogger", (trt.ILogger,), {"log": log})()
