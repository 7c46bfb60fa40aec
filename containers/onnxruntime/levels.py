"""Optimisation levels, and falling back from one that fails.

ONNX Runtime's optimiser refuses some correct models (`Gather(const, Range(0, n, 1))`, a usual export of position
embeddings, fails above the basic level) and crashes on a few. A level below then still gives a right artifact.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import onnxruntime as ort

from fettle_worker.ort_errors import explain_ort_error, ort_message

#: Name -> level, lowest first.
LEVELS = {
    "disabled": ort.GraphOptimizationLevel.ORT_DISABLE_ALL,
    "basic": ort.GraphOptimizationLevel.ORT_ENABLE_BASIC,
    "extended": ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    "all": ort.GraphOptimizationLevel.ORT_ENABLE_ALL,
}


def find_level(wanted: str, load: Callable[[str], object], doing: str) -> tuple[str, list[str]]:
    """The highest level, from `wanted` down, at which `load(level)` succeeds, and notes on those that failed.

    Every level is tried in a forked child, so that a crash of the optimiser is one more failure; files that `load` writes
    stay. Raises WorkerError with
    the lowest level's reason if none works; `doing` completes "ONNX Runtime cannot ..." in it.
    """
    names = list(LEVELS)
    notes: list[str] = []
    for level in reversed(names[: names.index(wanted) + 1]):
        fault = _try(load, level)
        if fault is None:
            return level, notes
        notes.append(f"ONNX Runtime's optimiser fails on this model at level {level!r} ({fault}).")
    try:
        load(names[0])
    except Exception as error:
        raise explain_ort_error(error, doing) from error
    return names[0], notes


def _try(load: Callable[[str], object], level: str) -> str | None:
    """None if loading works in a child of this process, else one line on why not."""
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        _load_in_child(load, level, sending)
    os.close(sending)
    with os.fdopen(receiving, encoding="utf-8") as pipe:
        fault = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status < 0:
        return f"it crashes with {signal.Signals(-status).name}"
    return fault or None


def _load_in_child(load: Callable[[str], object], level: str, sending: int) -> None:
    fault = b""
    try:
        load(level)
    except BaseException as error:  # noqa: BLE001 - nothing may leave the child but its exit
        fault = ort_message(error).encode()
    os.write(sending, fault[:4096])
    os._exit(0)
