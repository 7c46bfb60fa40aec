"""Runs a piece of native code where a crash of it is an answer instead of the end of the worker."""

from __future__ import annotations

import os
import signal
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

from fettle_worker.ort_errors import ort_message


def run_guarded(work: Callable[[], bytes]) -> tuple[bytes | None, str]:
    """Runs `work` in a forked child: its bytes, or None and one line on why there are none (its exception, or a signal's name)."""
    with tempfile.TemporaryDirectory() as folder:
        result, fault = Path(folder) / "result", Path(folder) / "fault"
        child = os.fork()
        if child == 0:
            _run_child(work, result, fault)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status == 0:
            return result.read_bytes(), ""
        if status < 0:
            return None, f"it crashed with {signal.Signals(-status).name}"
        return None, fault.read_text(encoding="utf-8")


def _run_child(work: Callable[[], bytes], result: Path, fault: Path) -> None:
    try:
        result.write_bytes(work())
        os._exit(0)
    except BaseException as error:  # noqa: BLE001 - nothing may leave the child but its exit
        traceback.print_exc()
        fault.write_text(ort_message(error), encoding="utf-8")
        os._exit(1)
