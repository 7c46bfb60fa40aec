"""TensorRT's own account of how far a build is, as progress of the step."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import ModuleType

#: Seconds between two messages: phases come by the hundred in a second.
_EVERY = 0.25

Tell = Callable[[str, "float | None"], None]


class Phases:
    """Phases nest; the bar shows the outermost one that has steps, and the text the innermost."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._steps: dict[str, int] = {}
        self._done: dict[str, int] = {}
        self._told = float("-inf")
        self._lock = threading.Lock()

    def start(self, phase: str, steps: int) -> None:
        with self._lock:
            self._steps[phase], self._done[phase] = steps, 0
            self._report()

    def step(self, phase: str, done: int) -> None:
        with self._lock:
            # Steps count from 0 and come when they are complete.
            self._done[phase] = done + 1
            self._report()

    def finish(self, phase: str) -> None:
        with self._lock:
            self._steps.pop(phase, None)
            self._done.pop(phase, None)

    def _report(self) -> None:
        now = time.monotonic()
        if now - self._told < _EVERY:
            return
        self._told = now
        outer = next((name for name, steps in self._steps.items() if steps > 1), None)
        fraction = min(1.0, self._done[outer] / self._steps[outer]) if outer is not None else None
        self._tell(next(reversed(self._steps), "building"), fraction)


def open_monitor(trt: ModuleType, phases: Phases) -> object:
    """A progress monitor of the module `trt`. It never cancels: whoever stops a build ends the process."""

    def phase_start(_: object, name: str, __: str | None, steps: int) -> None:
        phases.start(name, steps)

    def step_complete(_: object, name: str, step: int) -> bool:
        phases.step(name, step)
        return True

    def phase_finish(_: object, name: str) -> None:
        phases.finish(name)

    members = {"phase_start": phase_start, "step_complete": step_complete, "phase_finish": phase_finish}

    def begin(self: object) -> None:
        trt.IProgressMonitor.__init__(self)

    return type("FettleMonitor", (trt.IProgressMonitor,), {"__init__": begin, **members})()
