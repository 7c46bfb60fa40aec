"""Writes one split of a data set, sample after sample, in shards of bounded size."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from fettle_worker import NpyWriter, WorkerError

#: A shard ends at whichever comes first.
SHARD_SAMPLES = 64
SHARD_BYTES = 64 * 1024 * 1024

Arrays = dict[str, NDArray[Any]]


class SplitWriter:
    """Inputs are streamed; the labels of one shard are held until it ends, since texts of several lengths share a file.

    A shard also ends where an input or a label changes its shape or kind.
    """

    def __init__(self, folder: Path, split: str) -> None:
        self._folder = folder
        self._split = split
        self._writers: dict[str, NpyWriter] = {}
        self._labels: list[Arrays] = []
        self._layout: object = None
        self._bytes = 0
        self._shards: list[dict[str, object]] = []
        self.samples = 0
        #: One digest for each sample's inputs, to see whether splits share samples.
        self.digests: set[bytes] = set()

    def add(self, inputs: Arrays, labels: Arrays) -> None:
        """Adds one sample. `labels` may hold any arrays of numbers, booleans or strings."""
        layout = _layout(inputs, labels)
        if layout != self._layout or len(self._labels) == SHARD_SAMPLES or self._bytes >= SHARD_BYTES:
            self._end_shard()
        if not self._writers:
            self._begin_shard(inputs)
            self._layout = layout
        digest = hashlib.blake2b(digest_size=16)
        for name, array in sorted(inputs.items()):
            data = np.ascontiguousarray(array)
            self._writers[name].append(_little_endian(array))
            self._bytes += data.nbytes
            digest.update(f"{name} {data.dtype} {data.shape}\0".encode() + data.tobytes())
        self._labels.append(labels)
        self.samples += 1
        self.digests.add(digest.digest())

    def close(self) -> dict[str, object]:
        """Ends the last shard; returns the split as dataset.json has it."""
        self._end_shard()
        return {"samples": self.samples, "shards": self._shards}

    def _begin_shard(self, inputs: Arrays) -> None:
        (self._shard_folder() / "labels").mkdir(parents=True)
        for name, array in inputs.items():
            fitted = _little_endian(array)
            self._writers[name] = NpyWriter(self._shard_folder() / _file_name(name), fitted.dtype, fitted.shape)

    def _end_shard(self) -> None:
        if not self._writers:
            return
        for writer in self._writers.values():
            writer.close()
        labels = {name: f"labels/{_file_name(name)}" for name in self._labels[0]}
        for name, file in labels.items():
            np.save(self._shard_folder() / file, _little_endian(np.stack([row[name] for row in self._labels])), allow_pickle=False)
        prefix = f"{self._split}/{len(self._shards):04d}"
        self._shards.append(
            {
                "samples": len(self._labels),
                "inputs": {name: f"{prefix}/{_file_name(name)}" for name in self._writers},
                "labels": {name: f"{prefix}/{file}" for name, file in labels.items()},
            }
        )
        self._writers, self._labels, self._layout, self._bytes = {}, [], None, 0

    def _shard_folder(self) -> Path:
        return self._folder / self._split / f"{len(self._shards):04d}"


def as_labels(values: dict[str, Any], where: str) -> Arrays:
    """Checks labels. Raises WorkerError `invalid-data` for what .npy cannot hold."""
    labels = {}
    for name, value in values.items():
        try:
            array = np.asarray(value)
        except ValueError as error:
            raise WorkerError("invalid-data", f"{where}: label {name!r} is no array: {error}") from error
        if array.dtype.kind not in "fiubUS":
            raise WorkerError("invalid-data", f"{where}: label {name!r} must hold numbers, booleans or strings, not {array.dtype}")
        labels[name] = array.astype(np.str_) if array.dtype.kind in "US" else array
    return labels


def _layout(inputs: Arrays, labels: Arrays) -> object:
    """What all samples of a shard have in common. Lengths of texts are left out: a file takes the longest."""
    shown = [(name, array.dtype.str, array.shape) for name, array in sorted(inputs.items())]
    return shown, [(name, array.dtype.str if array.dtype.kind != "U" else "U", array.shape) for name, array in sorted(labels.items())]


def _little_endian(array: NDArray[Any]) -> NDArray[Any]:
    return array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)


def _file_name(name: str) -> str:
    """A tensor's name as a file name: names may hold slashes and anything else."""
    return f"{quote(name, safe=' ()[],+=@!')}.npy"
