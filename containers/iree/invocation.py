"""How iree-run-module is asked for one inference, natively or by an emulator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FUNCTION = "main"


@dataclass(frozen=True)
class Invocation:
    """A module and the runtime's device that runs it, opened with some flags."""

    module: Path
    device: str
    flags: tuple[str, ...] = ()

    def words(self, inputs: Sequence[Path], outputs: Sequence[str]) -> list[str]:
        """The words after the program. Each output is `@FILE.npy`, or nothing for one that is thrown away: it would print that."""
        return [
            f"--module={self.module}",
            f"--device={self.device}",
            *self.flags,
            f"--function={FUNCTION}",
            *(f"--input=@{file}" for file in inputs),
            *(f"--output={output}" for output in outputs),
        ]


def write_inputs(arrays: Sequence[NDArray[np.generic]], folder: Path) -> list[Path]:
    """The arrays as files that it can read, in their order."""
    files = [folder / f"input-{number}.npy" for number in range(len(arrays))]
    for file, array in zip(files, arrays, strict=True):
        np.save(file, array)
    return files
