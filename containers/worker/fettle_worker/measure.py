"""The duplex loop of the long-lived verb `measure`.

Fettle decides how many inferences run and when; the worker only runs and reads two clocks around each.
"""

from __future__ import annotations

import gc
import time
from typing import Any, Callable, Dict, List, Sequence

from fettle_worker.channel import Channel

Inference = Callable[[], object]


def serve(channel: Channel, inferences: Sequence[Inference]) -> None:
    """Answers `{"ready": true}`, then each `{"run": n}` with the times of n inferences, until `{"stop": true}` or the end.

    `"samples": [..]` beside it says which inference each of the n is, counted round; without, they are called in turn,
    going on where the last such run stopped. Raises ValueError for any other command.
    """
    if not inferences:
        raise ValueError("there is nothing to measure")
    channel.send({"ready": True})
    at = 0
    for command in channel.lines():
        if not isinstance(command, dict):
            raise ValueError(f"not a command: {command!r}")
        if command.get("stop") is True:
            return
        count = command.get("run")
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            raise ValueError(f"not a command: {command!r}")
        if "samples" in command:
            turn = _samples(command, count)
        else:
            turn = range(at, at + count)
            at = (at + count) % len(inferences)
        channel.send(_run([inferences[sample % len(inferences)] for sample in turn]))


def _samples(command: Dict[str, Any], count: int) -> Sequence[int]:
    samples = command["samples"]
    whole = isinstance(samples, list) and all(isinstance(each, int) and not isinstance(each, bool) and each >= 0 for each in samples)
    if not whole or len(samples) != count:
        raise ValueError(f"not a command: {command!r}")
    return list(samples)


def _run(inferences: Sequence[Inference]) -> Dict[str, List[int]]:
    """Wall time and processor time (of all threads of this process) of each inference, in nanoseconds."""
    wall, processor = [0] * len(inferences), [0] * len(inferences)
    # A collection of Python's own garbage is not part of an inference.
    gc.collect()
    gc.disable()
    try:
        for number, inference in enumerate(inferences):
            processor_before, wall_before = time.process_time_ns(), time.perf_counter_ns()
            inference()
            wall[number] = time.perf_counter_ns() - wall_before
            processor[number] = time.process_time_ns() - processor_before
    finally:
        gc.enable()
    return {"wall_ns": wall, "cpu_ns": processor}
