"""What a session is fed beside the data set: inputs that the recipe binds to constants."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from fettle_worker import WorkerError

#: ONNX Runtime's names of element types that numpy calls otherwise.
_NUMPY_NAMES = {"float": "float32", "double": "float64"}

Arrays = dict[str, NDArray[Any]]


def bound_feeds(session: ort.InferenceSession, bind: Mapping[str, float]) -> Arrays:
    """Input -> constant array for each bound input, of the input's type and shape; sizes that are not fixed are 1."""
    feeds: Arrays = {}
    for value in session.get_inputs():
        if value.name in bind:
            shape = [size if isinstance(size, int) and size > 0 else 1 for size in value.shape]
            feeds[value.name] = np.full(shape, bind[value.name], _numpy_type(value.name, value.type))
    return feeds


def make_runner(session: ort.InferenceSession, bind: Mapping[str, float]) -> Callable[[Arrays], Sequence[NDArray[Any]]]:
    """A function from a sample's inputs to the outputs in the model's order.

    Inputs that a folded model no longer has are left out. Raises WorkerError `invalid-data` when the data set lacks one.
    """
    constants = bound_feeds(session, bind)
    outputs = output_names(session)
    wanted = [value.name for value in session.get_inputs()]

    def run(sample: Arrays) -> Sequence[NDArray[Any]]:
        feeds = {**sample, **constants}
        missing = [name for name in wanted if name not in feeds]
        if missing:
            raise WorkerError("invalid-data", f"the data set has no values for the model's input {missing[0]!r}")
        results: Sequence[NDArray[Any]] = session.run(outputs, {name: feeds[name] for name in wanted})
        return results

    return run


def output_names(session: ort.InferenceSession) -> list[str]:
    return [value.name for value in session.get_outputs()]


def numpy_name(ort_type: str) -> str:
    """`float32` for ONNX Runtime's `tensor(float)`."""
    inner = ort_type.removeprefix("tensor(").removesuffix(")")
    return _NUMPY_NAMES.get(inner, inner)


def _numpy_type(name: str, ort_type: str) -> np.dtype[Any]:
    try:
        return np.dtype(numpy_name(ort_type))
    except TypeError as error:
        raise WorkerError("unsupported-model", f"input {name} is a {ort_type}, which cannot be bound to a number") from error
