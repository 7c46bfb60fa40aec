"""An .npy file written row by row, without knowing beforehand how many rows come.

The header is written with room for any row count and rewritten in place at the end. It is composed here, not by numpy,
so that equal tensors give equal bytes whatever numpy version wrote them. Format: numpy.lib.format, version 1.0.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any, Tuple

import numpy as np

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Optional, Type

    from numpy.typing import NDArray

#: Digits a row count may have: enough for any file.
_ROW_DIGITS = 20
_ALIGNMENT = 64


class NpyWriter:
    """Writes rows of one shape and dtype; the file's array has shape [rows, ...row shape]. `dtype` must be little-endian."""

    def __init__(self, path: Path, dtype: "np.dtype[np.generic]", shape: Tuple[int, ...]) -> None:
        self.dtype = dtype
        self.shape = shape
        self.rows = 0
        self._file = open(path, "wb")  # noqa: SIM115 - closed by close()
        self._file.write(_header(dtype, shape, 0))

    def append(self, row: "NDArray[Any]") -> None:
        """Adds one row. Raises ValueError if its shape or dtype is not the file's."""
        if row.shape != self.shape or row.dtype != self.dtype:
            raise ValueError(f"a row of {row.dtype}{row.shape} does not fit a file of {self.dtype}{self.shape}")
        self._file.write(row.tobytes())
        self.rows += 1

    def close(self) -> None:
        """Completes the header; the file is not valid before."""
        self._file.seek(0, os.SEEK_SET)
        self._file.write(_header(self.dtype, self.shape, self.rows))
        self._file.close()

    def __enter__(self) -> "NpyWriter":
        return self

    def __exit__(self, kind: "Optional[Type[BaseException]]", error: "Optional[BaseException]", trace: "Optional[TracebackType]") -> None:
        self.close()


def _header(dtype: "np.dtype[np.generic]", shape: Tuple[int, ...], rows: int) -> bytes:
    sizes = "".join(f" {size}," for size in shape)
    text = f"{{'descr': '{dtype.str}', 'fortran_order': False, 'shape': ({rows},{sizes}), }}"
    # The length depends on dtype and shape alone, so that the last header fits where the first one was.
    room = len(text) - len(str(rows)) + _ROW_DIGITS
    preamble = len(b"\x93NUMPY\x01\x00") + 2
    length = -(-(preamble + room + 1) // _ALIGNMENT) * _ALIGNMENT - preamble
    if length > 0xFFFF:
        raise ValueError("the array has too many dimensions for an .npy header of version 1.0")
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", length) + (text.ljust(length - 1) + "\n").encode("latin1")
