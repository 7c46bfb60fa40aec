"""Reads arrays out of .npy and .npz files a row at a time."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from fettle_worker import WorkerError


class ArrayFile:
    """One array of a file. Rows are read in order; no more than one is held, except of Fortran-ordered members of an .npz."""

    def __init__(self, path: Path, member: str | None) -> None:
        self._path = path
        self._member = member
        with self._open() as stream:
            self.shape, self._fortran, self.dtype = _read_header(stream, self._name())

    def whole(self) -> NDArray[Any]:
        with self._open() as stream:
            array: NDArray[Any] = npy_format.read_array(stream, allow_pickle=False)
            return array

    def rows(self) -> Iterator[NDArray[Any]]:
        """Each array along the first axis."""
        if self._fortran:
            yield from self.whole()
            return
        row_shape = self.shape[1:]
        size = self.dtype.itemsize * int(np.prod(row_shape, dtype=np.int64))
        with self._open() as stream:
            _read_header(stream, self._name())
            for _ in range(self.shape[0]):
                data = stream.read(size)
                if len(data) < size:
                    raise WorkerError("invalid-data", f"{self._name()} is shorter than its header says")
                yield np.frombuffer(data, self.dtype).reshape(row_shape)

    def _name(self) -> str:
        return self._path.name if self._member is None else f"{self._path.name}, array {self._member.removesuffix('.npy')!r}"

    @contextmanager
    def _open(self) -> Iterator[IO[bytes]]:
        if self._member is None:
            with self._path.open("rb") as stream:
                yield stream
        else:
            with zipfile.ZipFile(self._path) as archive, archive.open(self._member) as stream:
                yield stream


def open_arrays(path: Path) -> dict[str, ArrayFile]:
    """Array name -> array of an .npz; an .npy has one without a name. Raises WorkerError `invalid-data`."""
    try:
        if path.suffix == ".npy":
            return {"": ArrayFile(path, None)}
        with zipfile.ZipFile(path) as archive:
            members = [name for name in archive.namelist() if name.endswith(".npy")]
        return {member.removesuffix(".npy"): ArrayFile(path, member) for member in members}
    except (zipfile.BadZipFile, OSError) as error:
        raise WorkerError("invalid-data", f"{path.name} cannot be read: {error}") from error


def _read_header(stream: IO[bytes], name: str) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    try:
        version = npy_format.read_magic(stream)
        read = npy_format.read_array_header_1_0 if version == (1, 0) else npy_format.read_array_header_2_0
        shape, fortran, dtype = read(stream)
    except ValueError as error:
        raise WorkerError("invalid-data", f"{name} is not an .npy array: {error}") from error
    if dtype.hasobject:
        raise WorkerError("invalid-data", f"{name} holds Python objects, which are not read: save plain arrays")
    return tuple(shape), bool(fortran) and len(shape) > 1, dtype
