"""What IREE's runtime ran, dispatch by dispatch: one inference under its own profiler, and the types the dispatches compute in."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fettle_worker import Facts
from invocation import Invocation, write_inputs

#: Types as dispatch names have them -> Fettle's names. A dispatch that only moves data has none; integers of 32 bits and more and
#: single bits are index arithmetic and masks.
_TYPES = {
    "f64": "float64",
    "f32": "float32",
    "f16": "float16",
    "bf16": "bfloat16",
    "i8": "int8",
    "i16": "int16",
    "i32": "int32",
    "i64": "int64",
}
_COARSEST_FIRST = ("bfloat16", "float16", "float32", "float64")
_TYPE = re.compile(r"(?:_|x)(bf16|f16|f32|f64|i8|i16|i32|i64)(?=x|_|$)")
_NUMBERED = re.compile(r"^.*?dispatch_\d+_")

#: Facts where there is no profile: nothing but the module itself says what ran, and one has no other code than what was compiled.
DECLARED: Facts = {"executedPrecision": {"float32": {"ops": 1.0, "time": None}}, "precisionEvidence": "declared"}


@dataclass(frozen=True)
class Dispatch:
    """`calls` and `nanoseconds` are of one inference."""

    name: str
    calls: int
    nanoseconds: int

    @property
    def precision(self) -> str | None:
        """What it computes in: the coarsest floating-point type in its name, else the type of its first operand.

        Null where its name has no types, as for copies. Integers beside floating point are what is converted from or to, or indices.
        """
        found = [_TYPES[name] for name in _TYPE.findall(f"_{_NUMBERED.sub('', self.name)}")]
        floats = [name for name in _COARSEST_FIRST if name in found]
        return next(iter(floats or found), None)


class NoProfile(RuntimeError):  # noqa: N818 - says what there is not
    """The runtime's profiler gave nothing."""


#: Runs iree-run-module with some words, in a folder. Raises NoProfile where that fails.
Runner = Callable[[Sequence[str], Path], None]


def watch(run: Runner, invocation: Invocation, inputs: Sequence[NDArray[np.generic]], outputs: int) -> list[Dispatch]:
    """Runs one inference under the profiler, in a process of its own; `outputs` is how many come of it and are thrown away.

    Raises NoProfile where the runtime has no profiler for the device.
    """
    with tempfile.TemporaryDirectory() as scratch:
        bundle = Path(scratch) / "run.ireeprof"
        words = invocation.words(write_inputs(inputs, Path(scratch)), [""] * outputs)
        run([*words, "--device_profiling_mode=host-execution", f"--device_profiling_output={bundle}"], Path(scratch))
        lines = _tool("iree-profile", "dispatch", "--format=jsonl", str(bundle)).splitlines()
    found = [_dispatch(json.loads(line)) for line in lines if line.startswith("{") and '"host_dispatch_group"' in line]
    if not found:
        raise NoProfile("the runtime's profiler saw no dispatches")
    return found


def run_here(words: Sequence[str], _: Path) -> None:
    """The runner of this machine's own architecture."""
    _tool("iree-run-module", *words)


def precision_shares(dispatches: Sequence[Dispatch]) -> dict[str, dict[str, float]]:
    """Type -> its share of the dispatches and of their time, among those that compute."""
    calls, time = Counter[str](), Counter[str]()
    for dispatch in dispatches:
        if dispatch.precision is not None:
            calls[dispatch.precision] += dispatch.calls
            time[dispatch.precision] += dispatch.nanoseconds
    # Whole numbers are added and divided once: one type alone comes to 1 exactly.
    total_calls, total_time = calls.total() or 1, time.total() or 1
    return {name: {"ops": calls[name] / total_calls, "time": time[name] / total_time} for name in sorted(calls)}


def _dispatch(group: Mapping[str, object]) -> Dispatch:
    return Dispatch(str(group["key"]), int(str(group["count"])), int(str(group["total_ns"])))


def _tool(name: str, *arguments: str) -> str:
    # Only here: what an emulator runs, and the names of dispatches, need no runtime of this machine's architecture.
    runtime = importlib.import_module("iree._runtime_libs")
    program = Path(next(iter(runtime.__path__))) / name
    ended = subprocess.run([str(program), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # noqa: S603
    if ended.returncode != 0:
        raise NoProfile(f"{name} ended with status {ended.returncode}: {ended.stderr.strip()[-300:]}")
    return ended.stdout
