"""Output sets (outputs.json): written shard by shard in order, read sample by sample."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Sequence, Tuple

import numpy as np

from fettle_worker.dataset import map_array
from fettle_worker.dtypes import widen
from fettle_worker.files import write_json
from fettle_worker.npy import NpyWriter

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Optional, Type

    from numpy.typing import NDArray

FORMAT = "fettle.outputs/1"
FILE = "outputs.json"


class OutputWriter:
    """Writes the outputs of a split, sample after sample, holding none of them.

    A shard ends where the data set's ends (`shard_sizes`), and also where any output changes its shape or type. As a
    context manager it writes outputs.json when the block ends without an exception, and only then.
    """

    def __init__(self, folder: Path, names: Sequence[str], shard_sizes: Sequence[int]) -> None:
        self._folder = folder
        self._names = list(names)
        self._ends = _running_sums(shard_sizes)
        self._samples = 0
        self._shards: List[Dict[str, object]] = []
        self._open: List[NpyWriter] = []
        self._files: Dict[str, str] = {}
        self.notes: List[str] = []
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, outputs: "Sequence[NDArray[Any]]") -> None:
        """Adds one sample: an array for each output, in the order of the names, of any type a runtime gives."""
        if len(outputs) != len(self._names):
            raise ValueError(f"{len(outputs)} arrays for {len(self._names)} outputs")
        arrays = [self._widen(name, output) for name, output in zip(self._names, outputs)]
        if self._open and not all(_fits(writer, array) for writer, array in zip(self._open, arrays)):
            self._end_shard()
        if not self._open:
            self._begin_shard(arrays)
        for writer, array in zip(self._open, arrays):
            writer.append(array)
        self._samples += 1
        if self._samples in self._ends:
            self._end_shard()

    def close(self) -> None:
        """Ends the last shard and writes outputs.json."""
        self._end_shard()
        document = {"format": FORMAT, "samples": self._samples, "outputs": self._names, "shards": self._shards}
        write_json(self._folder / FILE, document)

    def __enter__(self) -> "OutputWriter":
        return self

    def __exit__(self, kind: "Optional[Type[BaseException]]", error: "Optional[BaseException]", trace: "Optional[TracebackType]") -> None:
        if error is None:
            self.close()
        else:
            for writer in self._open:
                writer.close()

    def _widen(self, name: str, output: "NDArray[Any]") -> "NDArray[Any]":
        array, note = widen(np.asarray(output))
        if note is not None and f"{name}: {note}" not in self.notes:
            self.notes.append(f"{name}: {note}")
        return array

    def _begin_shard(self, arrays: "Sequence[NDArray[Any]]") -> None:
        name = f"{len(self._shards):04d}"
        (self._folder / name).mkdir()
        self._files = {output: f"{name}/{number}.npy" for number, output in enumerate(self._names)}
        self._open = [NpyWriter(self._folder / file, array.dtype, array.shape) for file, array in zip(self._files.values(), arrays)]

    def _end_shard(self) -> None:
        if not self._open:
            return
        for writer in self._open:
            writer.close()
        self._shards.append({"samples": self._open[0].rows, "files": self._files})
        self._open = []


class OutputSet:
    """An output set that was written before. Iterating gives, for each sample, output name -> array."""

    def __init__(self, folder: Path) -> None:
        value = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if value.get("format") != FORMAT:
            raise ValueError(f"outputs have the format {value.get('format')!r}, not {FORMAT!r}")
        self.samples: int = value["samples"]
        self.outputs: List[str] = value["outputs"]
        self._shards: List[Tuple[int, Mapping[str, Path]]] = [
            (shard["samples"], {name: folder / file for name, file in shard["files"].items()}) for shard in value["shards"]
        ]

    def __iter__(self) -> "Iterator[Dict[str, NDArray[Any]]]":
        for samples, files in self._shards:
            arrays = {name: map_array(path) for name, path in files.items()}
            for row in range(samples):
                yield {name: np.array(array[row], order="C") for name, array in arrays.items()}


def _running_sums(sizes: Sequence[int]) -> "frozenset[int]":
    total, sums = 0, []
    for size in sizes:
        total += size
        sums.append(total)
    return frozenset(sums)


def _fits(writer: NpyWriter, array: "NDArray[Any]") -> bool:
    return writer.shape == array.shape and writer.dtype == array.dtype
