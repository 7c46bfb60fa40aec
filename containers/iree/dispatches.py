"""What IREE's runtime ran, dispatch by dispatch: one inference under its own profiler, and the types the dispatches compute in."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import iree._runtime_libs
import numpy as np
from numpy.typing import NDArray

#: Types as dispatch names have them -> Fettle's names. A dispatch that only moves data has none; integers of 32 bits and more and
#: single bits are index arithmetic and masks.
_TYPES = {"f64": "float64", "f32": "float32", "f16": "float16", "bf16": "bfloat16", "i8": "int8", "i16": "int16", "i32": "int32", "i64": "int64"}
_TYPE = re.compile(r"(?:_|x)(bf16|f16|f32|f64|i8|i16|i32|i64)(?=x|_|$)")
_NUMBERED = re.compile(r"^.*?dispatch_\d+_")


@dataclass(frozen=True)
class Dispatch:
    """`calls` and `nanoseconds` are of one inference."""

    name: str
    calls: int
    nanoseconds: int

    @property
    def precision(self) -> str | None:
        """The type of its first operand, which is what it computes in; null where its name says none, as for copies."""
        found = _TYPE.search(f"_{_NUMBERED.sub('', self.name)}")
        return _TYPES[found.group(1)] if found else None


class NoProfile(RuntimeError):  # noqa: N818 - says what there is not
    """The runtime's profiler gave nothing."""


def watch(module: Path, device: str, flags: Sequence[str], inputs: Sequence[NDArray[np.generic]]) -> list[Dispatch]:
    """Runs one inference under the profiler, in a process of its own. Raises NoProfile where the runtime has none for the device."""
    with tempfile.TemporaryDirectory() as scratch:
        bundle = Path(scratch) / "run.ireeprof"
        files = [Path(scratch) / f"{number}.npy" for number in range(len(inputs))]
        for file, array in zip(files, inputs, strict=True):
            np.save(file, array)
        _tool(
            "iree-run-module",
            f"--module={module}",
            f"--device={device}",
            *flags,
            "--function=main",
            *(f"--input=@{file}" for file in files),
            f"--output=@{Path(scratch) / 'discarded.bin'}",
            "--device_profiling_mode=host-execution",
            f"--device_profiling_output={bundle}",
        )
        lines = _tool("iree-profile", "dispatch", "--format=jsonl", str(bundle)).splitlines()
    found = [_dispatch(json.loads(line)) for line in lines if line.startswith("{") and '"host_dispatch_group"' in line]
    if not found:
        raise NoProfile("the runtime's profiler saw no dispatches")
    return found


def precision_shares(dispatches: Sequence[Dispatch]) -> dict[str, dict[str, float]]:
    """Type -> its share of the dispatches and of their time, among those that compute."""
    computing = [(dispatch.precision, dispatch) for dispatch in dispatches if dispatch.precision is not None]
    calls = sum(dispatch.calls for _, dispatch in computing) or 1
    time = sum(dispatch.nanoseconds for _, dispatch in computing) or 1
    shares: dict[str, dict[str, float]] = {}
    for precision, dispatch in computing:
        share = shares.setdefault(str(precision), {"ops": 0.0, "time": 0.0})
        share["ops"] += dispatch.calls / calls
        share["time"] += dispatch.nanoseconds / time
    return {name: {key: min(value, 1.0) for key, value in share.items()} for name, share in sorted(shares.items())}


def _dispatch(group: Mapping[str, object]) -> Dispatch:
    return Dispatch(str(group["key"]), int(str(group["count"])), int(str(group["total_ns"])))


def _tool(name: str, *arguments: str) -> str:
    program = Path(next(iter(iree._runtime_libs.__path__))) / name
    ended = subprocess.run([str(program), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # noqa: S603
    if ended.returncode != 0:
        raise NoProfile(f"{name} ended with status {ended.returncode}: {ended.stderr.strip()[-300:]}")
    return ended.stdout
