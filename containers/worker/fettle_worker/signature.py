"""signature.json: the free inputs and the outputs of a model or artifact, in its own order."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from fettle_worker.dtypes import DTYPES
from fettle_worker.files import write_json

FILE = "signature.json"


@dataclass(frozen=True)
class AxisRange:
    """A dimension that takes every size from `min` to `max`; speed is claimed for `opt`. Dimensions of one name have one size."""

    axis: int
    name: str
    min: int
    opt: int
    max: int

    def sizes(self) -> Tuple[int, int, int]:
        return (self.min, self.opt, self.max)


@dataclass(frozen=True)
class TensorSignature:
    """`shape` has -1 for sizes known only at run time, which for an input are within `ranges`; `dtype` is one of DTYPES."""

    name: str
    dtype: str
    shape: Tuple[int, ...]
    ranges: Tuple[AxisRange, ...] = ()

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise ValueError(f"{self.dtype} is not a type that tensors have at a model's edge")

    def range_of(self, axis: int) -> Optional[AxisRange]:
        return next((found for found in self.ranges if found.axis == axis), None)

    def fits(self, shape: Tuple[int, ...]) -> bool:
        """Whether a sample of this shape can be fed: equal rank, equal sizes where they are known, and within the ranges."""
        if len(shape) != len(self.shape) or not all(want in (-1, got) for want, got in zip(self.shape, shape)):
            return False
        return all(found.min <= shape[found.axis] <= found.max for found in self.ranges)

    def profile(self) -> "Tuple[Tuple[int, ...], Tuple[int, ...], Tuple[int, ...]]":
        """The shapes with all ranges at their smallest, at the one that speed is claimed for, and at their greatest size."""
        smallest, best, greatest = list(self.shape), list(self.shape), list(self.shape)
        for found in self.ranges:
            smallest[found.axis], best[found.axis], greatest[found.axis] = found.sizes()
        return tuple(smallest), tuple(best), tuple(greatest)

    def show_shape(self) -> str:
        """`[1, 3, 48, 64..960]`."""
        limits = {found.axis: f"{found.min}..{found.max}" for found in self.ranges}
        return f"[{', '.join(limits.get(axis, str(size)) for axis, size in enumerate(self.shape))}]"


@dataclass(frozen=True)
class Signature:
    inputs: Tuple[TensorSignature, ...]
    outputs: Tuple[TensorSignature, ...]

    def input(self, name: str) -> Optional[TensorSignature]:
        return next((tensor for tensor in self.inputs if tensor.name == name), None)

    def write(self, folder: Path) -> None:
        write_json(folder / FILE, {"inputs": _to_json(self.inputs), "outputs": _to_json(self.outputs)})

    @staticmethod
    def read(folder: Path) -> "Signature":
        """Reads `folder`/signature.json."""
        value = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return Signature(_from_json(value["inputs"]), _from_json(value["outputs"]))


def _to_json(tensors: Tuple[TensorSignature, ...]) -> List[Dict[str, object]]:
    return [
        {
            "name": tensor.name,
            "dtype": tensor.dtype,
            "shape": list(tensor.shape),
            **({"ranges": [asdict(found) for found in tensor.ranges]} if tensor.ranges else {}),
        }
        for tensor in tensors
    ]


def _from_json(values: List[Dict[str, object]]) -> Tuple[TensorSignature, ...]:
    found = []
    for value in values:
        name, dtype, shape = value["name"], value["dtype"], value["shape"]
        if not isinstance(name, str) or not isinstance(dtype, str) or not isinstance(shape, list):
            raise ValueError(f"not a tensor's signature: {value!r}")
        found.append(TensorSignature(name, dtype, tuple(int(size) for size in shape), _ranges(value.get("ranges", []))))
    return tuple(found)


def _ranges(values: object) -> Tuple[AxisRange, ...]:
    if not isinstance(values, list):
        raise ValueError(f"not a tensor's ranges: {values!r}")
    return tuple(AxisRange(int(each["axis"]), str(each["name"]), int(each["min"]), int(each["opt"]), int(each["max"])) for each in values)
