"""One ONNX node as a lowering reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fettle_worker import WorkerError

#: A jax array while it is traced, or a numpy array where the value is known.
Array = Any
#: What becomes of a node: its one output, or all of them.
Lowering = Callable[["Node"], "Array | tuple[Array, ...]"]


@dataclass(frozen=True)
class Operator:
    """A lowering and the attributes it heeds; a node with any other is refused, so that none is passed over in silence."""

    lower: Lowering
    attributes: frozenset[str]


def operator(lower: Lowering, attributes: str = "") -> Operator:
    return Operator(lower, frozenset(attributes.split()))


@dataclass(frozen=True)
class Node:
    name: str
    operator: str
    attributes: Mapping[str, Any]
    #: None where an optional input is left out.
    inputs: tuple[Array | None, ...]
    #: Names of the outputs; "" where an optional one is not wanted.
    outputs: tuple[str, ...]

    def value(self, index: int) -> Array:
        """An input that must be there."""
        found = self.optional(index)
        if found is None:
            raise self.refusal(f"its input {index} is missing")
        return found

    def optional(self, index: int) -> Array | None:
        return self.inputs[index] if index < len(self.inputs) else None

    def constant(self, index: int) -> NDArray[Any]:
        """An input whose value decides shapes, and so must be known when compiling."""
        found = self.value(index)
        if not isinstance(found, np.ndarray):
            raise self.refusal(f"its input {index} is computed, and a TPU program must know it when it is compiled")
        return found

    def constants(self, index: int) -> list[int] | None:
        """Such an input as integers; None where it is left out."""
        return None if self.optional(index) is None else [int(each) for each in self.constant(index).reshape(-1)]

    def integer(self, name: str, default: int) -> int:
        return int(self.attributes.get(name, default))

    def number(self, name: str, default: float) -> float:
        return float(self.attributes.get(name, default))

    def text(self, name: str, default: str) -> str:
        found = self.attributes.get(name, default)
        return found.decode() if isinstance(found, bytes) else str(found)

    def integers(self, name: str) -> list[int] | None:
        found = self.attributes.get(name)
        return None if found is None else [int(each) for each in found]

    def require(self, name: str, only: object, default: object) -> None:
        """Refuses a node whose attribute has another value than the one that is served."""
        found = self.attributes.get(name, default)
        found = found.decode() if isinstance(found, bytes) else found
        if found != only:
            raise self.refusal(f"`{name}` is {found!r}, and only {only!r} is served")

    def wants(self, output: int) -> bool:
        return output < len(self.outputs) and self.outputs[output] != ""

    def refusal(self, why: str) -> WorkerError:
        message = f"the {self.operator} node {self.name!r} cannot be lowered for TPUs: {why}"
        return WorkerError("unsupported-operator", message, {"node": self.name, "operator": self.operator})
