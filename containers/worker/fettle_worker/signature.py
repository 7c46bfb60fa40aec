"""signature.json: the free inputs and the outputs of a model or artifact, in its own order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Tuple

from fettle_worker.dtypes import DTYPES
from fettle_worker.files import write_json

FILE = "signature.json"


@dataclass(frozen=True)
class TensorSignature:
    """`shape` has -1 for sizes known only at run time; `dtype` is one of DTYPES."""

    name: str
    dtype: str
    shape: Tuple[int, ...]

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise ValueError(f"{self.dtype} is not a type that tensors have at a model's edge")

    def fits(self, shape: Tuple[int, ...]) -> bool:
        """Whether a sample of this shape can be fed: equal rank, and equal sizes where they are known."""
        return len(shape) == len(self.shape) and all(want in (-1, got) for want, got in zip(self.shape, shape))


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
    return [{"name": tensor.name, "dtype": tensor.dtype, "shape": list(tensor.shape)} for tensor in tensors]


def _from_json(values: List[Dict[str, object]]) -> Tuple[TensorSignature, ...]:
    found = []
    for value in values:
        name, dtype, shape = value["name"], value["dtype"], value["shape"]
        if not isinstance(name, str) or not isinstance(dtype, str) or not isinstance(shape, list):
            raise ValueError(f"not a tensor's signature: {value!r}")
        found.append(TensorSignature(name, dtype, tuple(int(size) for size in shape)))
    return tuple(found)
