"""Samples from .npz and .npy files.

An array is one sample if it has the input's rank, and many if it has one axis more. In an .npz every other array is a
label; the prefix `label_` of its name is taken off, so that a label may be called as an input is.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fettle_scripts.array_files import ArrayFile, open_arrays
from fettle_scripts.sources import RawSample, Samples, SourceContext
from fettle_worker import TensorSignature, WorkerError

_LABEL = "label_"


class FilesSource:
    """Reads the files that the option `files` lists for each split, in that order."""

    def __init__(self, context: SourceContext) -> None:
        self._context = context
        self._folder = context.request.input("files")
        self._files = context.request.options.mapping("files")

    def samples(self, split: str) -> Samples:
        return itertools.islice(self._all(split), self._context.count(split))

    def _all(self, split: str) -> Samples:
        for name in self._names(split):
            inputs, labels, count = self._read(self._folder / name)
            streams = {key: _stream(array, count) for key, array in {**inputs, **labels}.items()}
            for index in range(1 if count is None else count):
                row = {key: next(stream) for key, stream in streams.items()}
                where = name if count is None else f"{name}, sample {index}"
                yield RawSample({key: row[key] for key in inputs}, {key.removeprefix(_LABEL): row[key] for key in labels}, where)

    def _names(self, split: str) -> list[str]:
        names = self._files.get(split, [])
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise TypeError(f"files.{split} must be a list of names")
        return names

    def _read(self, path: Path) -> tuple[dict[str, ArrayFile], dict[str, ArrayFile], int | None]:
        """The file's inputs, its labels, and how many samples it holds; None: one, without an axis for samples."""
        arrays = open_arrays(path)
        tensors = self._context.signature.inputs
        if path.suffix == ".npy":
            if len(tensors) != 1:
                raise WorkerError("invalid-data", f"{path.name}: an .npy file fits models of one input; this one has {len(tensors)}")
            arrays = {tensors[0].name: arrays[""]}
        missing = [tensor.name for tensor in tensors if tensor.name not in arrays]
        if missing:
            raise WorkerError("invalid-data", f"{path.name} has no array for the model's input {missing[0]!r}; it has {sorted(arrays)}")
        inputs = {tensor.name: arrays.pop(tensor.name) for tensor in tensors}
        counts = {tensor.name: _count(path, tensor, inputs[tensor.name]) for tensor in tensors}
        if len(set(counts.values())) > 1:
            raise WorkerError("invalid-data", f"{path.name}: its inputs hold different numbers of samples: {_show(counts)}")
        count = next(iter(counts.values()))
        for name, label in arrays.items():
            if count is not None and label.shape[:1] != (count,):
                raise WorkerError("invalid-data", f"{path.name}: label {name!r} is {list(label.shape)} for {count} samples")
        return inputs, arrays, count


def _count(path: Path, tensor: TensorSignature, array: ArrayFile) -> int | None:
    rank = len(tensor.shape)
    if len(array.shape) == rank:
        return None
    if len(array.shape) == rank + 1:
        return array.shape[0]
    shapes = f"{tensor.show_shape()}, or with one leading axis more for many samples"
    raise WorkerError("invalid-data", f"{path.name}: input {tensor.name!r} is {shapes}; the file has {list(array.shape)}")


def _stream(array: ArrayFile, count: int | None) -> Iterator[NDArray[Any]]:
    return iter([np.asarray(array.whole())]) if count is None else array.rows()


def _show(counts: dict[str, int | None]) -> str:
    return ", ".join(f"{name} {1 if count is None else count}" for name, count in counts.items())
