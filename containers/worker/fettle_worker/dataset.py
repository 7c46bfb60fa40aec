"""The reader of data sets (dataset.json): one sample at a time, from memory-mapped shards."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Tuple

import numpy as np

from fettle_worker.errors import WorkerError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fettle_worker.protocol import Request

FORMAT = "fettle.dataset/1"
FILE = "dataset.json"

#: What `Split.head` keeps in memory at most, unless one sample alone is larger.
HEAD_SAMPLES = 8
HEAD_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Sample:
    """Arrays are C-contiguous copies without the sample axis; `index` counts through the split."""

    index: int
    inputs: "Dict[str, NDArray[Any]]"
    labels: "Dict[str, NDArray[Any]]"

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for array in self.inputs.values())


@dataclass(frozen=True)
class _Shard:
    samples: int
    inputs: Mapping[str, Path]
    labels: Mapping[str, Path]


@dataclass(frozen=True)
class Split:
    """One split of a data set. Iterating gives its samples in order."""

    name: str
    samples: int
    shards: Tuple[_Shard, ...]

    @property
    def shard_sizes(self) -> List[int]:
        """How the samples are cut; outputs are cut in the same way."""
        return [shard.samples for shard in self.shards]

    def __iter__(self) -> Iterator[Sample]:
        index = 0
        for shard in self.shards:
            inputs = _map_all(shard.inputs, shard.samples)
            labels = _map_all(shard.labels, shard.samples)
            for row in range(shard.samples):
                yield Sample(index, _rows(inputs, row), _rows(labels, row))
                index += 1

    def of_shapes(self, shapes: "Mapping[str, Tuple[int, ...]]") -> "Split":
        """The samples whose inputs have these shapes; all samples of a shard have one."""
        kept = tuple(
            shard for shard in self.shards if all(map_array(shard.inputs[name]).shape[1:] == shape for name, shape in shapes.items())
        )
        if not kept:
            wanted = ", ".join(f"{name} {list(shape)}" for name, shape in shapes.items())
            raise WorkerError("invalid-data", f"no {self.name} sample has the size that is asked for: {wanted}")
        return Split(self.name, sum(shard.samples for shard in kept), kept)

    def head(self, samples: int = HEAD_SAMPLES, nbytes: int = HEAD_BYTES) -> List[Sample]:
        """The first samples, at least one and at most `samples` of at most `nbytes` together: what `measure` runs on."""
        kept: List[Sample] = []
        size = 0
        for sample in self:
            if kept and (len(kept) == samples or size + sample.nbytes > nbytes):
                break
            kept.append(sample)
            size += sample.nbytes
        return kept


def open_split(request: "Request") -> Split:
    """The split that the request's option `split` names, of its input `data`; of it the samples that have the shapes that the option
    `sampleShapes` (input -> sizes) gives, where it is there: `measure` is for one size of those that an artifact takes.

    Raises WorkerError `invalid-data` where that leaves none.
    """
    split = read_split(request.input("data"), request.options.text("split"))
    shapes = {name: _sizes(name, value) for name, value in request.options.mapping("sampleShapes").items()}
    return split.of_shapes(shapes) if shapes else split


def read_split(folder: Path, name: str) -> Split:
    """Reads `folder`/dataset.json. Raises WorkerError `invalid-data` if the split is absent or empty."""
    value = json.loads((folder / FILE).read_text(encoding="utf-8"))
    if value.get("format") != FORMAT:
        raise WorkerError("invalid-data", f"the data set has the format {value.get('format')!r}, not {FORMAT!r}")
    split = value["splits"].get(name)
    if split is None or split["samples"] < 1:
        raise WorkerError("invalid-data", f"the data set has no samples in its {name} split")
    shards = tuple(
        _Shard(shard["samples"], _paths(folder, shard["inputs"]), _paths(folder, shard.get("labels", {}))) for shard in split["shards"]
    )
    return Split(name, split["samples"], shards)


def map_array(path: Path) -> "NDArray[Any]":
    """Maps an .npy file read-only; an empty array, which cannot be mapped, is loaded. Pickled objects are refused."""
    try:
        array: "NDArray[Any]" = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError:
        array = np.load(path, allow_pickle=False)
    return array


def _sizes(name: str, value: object) -> Tuple[int, ...]:
    if not isinstance(value, list) or not all(isinstance(size, int) for size in value):
        raise TypeError(f"option sampleShapes.{name} must be a list of sizes, not {value!r}")
    return tuple(value)


def _paths(folder: Path, files: Mapping[str, str]) -> Dict[str, Path]:
    return {name: folder / file for name, file in files.items()}


def _map_all(files: Mapping[str, Path], samples: int) -> "Dict[str, NDArray[Any]]":
    arrays = {name: map_array(path) for name, path in files.items()}
    for name, array in arrays.items():
        if array.ndim == 0 or array.shape[0] != samples:
            raise WorkerError("invalid-data", f"{name}: a shard of {samples} samples holds an array of shape {list(array.shape)}")
    return arrays


def _rows(arrays: "Mapping[str, NDArray[Any]]", row: int) -> "Dict[str, NDArray[Any]]":
    # np.array copies out of the map and keeps the rank of scalars, which ascontiguousarray would raise.
    return {name: np.array(array[row], order="C") for name, array in arrays.items()}
