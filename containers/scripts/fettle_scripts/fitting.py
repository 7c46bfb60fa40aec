"""Makes an array fit a model's input, or says why it does not.

Casts never change what a value means: a type is changed only where every value comes through, or where only the fine
digits of a float are lost, as from float64 to float32.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fettle_worker import TensorSignature, WorkerError


class Fitter:
    """Checks and casts samples of one model. Collects a note for each kind of cast it had to make."""

    def __init__(self, inputs: tuple[TensorSignature, ...]) -> None:
        self._inputs = {tensor.name: tensor for tensor in inputs}
        self.notes: list[str] = []

    def fit(self, sample: dict[str, Any], where: str) -> dict[str, NDArray[Any]]:
        """Input name -> array of the input's dtype and shape. Raises WorkerError `invalid-data`; `where` names the sample."""
        for name in sample:
            if name not in self._inputs:
                raise _invalid(where, f"the model has no input {name!r}; its inputs are {', '.join(map(repr, self._inputs))}")
        for name in self._inputs:
            if name not in sample:
                raise _invalid(where, f"the model's input {name!r} is missing")
        fitted = {name: self._fit_one(tensor, sample[name], where) for name, tensor in self._inputs.items()}
        self._check_names(fitted, where)
        return fitted

    def _check_names(self, sample: dict[str, NDArray[Any]], where: str) -> None:
        """Dimensions that the model calls by one name have one size in a sample."""
        first: dict[str, tuple[str, int]] = {}
        for tensor in self._inputs.values():
            for found in tensor.ranges:
                size = sample[tensor.name].shape[found.axis]
                other, wanted = first.setdefault(found.name, (f"axis {found.axis} of {tensor.name!r}", size))
                if size != wanted:
                    fault = f"axis {found.axis} of {tensor.name!r} is {size} and {other} is {wanted}; the model calls both {found.name!r}"
                    raise _invalid(where, fault)

    def _fit_one(self, tensor: TensorSignature, value: Any, where: str) -> NDArray[Any]:
        array = np.asarray(value)
        if not tensor.fits(array.shape):
            raise _invalid(where, _shape_fault(tensor, array.shape))
        fitted = self._cast(tensor, array, where)
        if fitted.dtype.kind == "f" and not np.isfinite(fitted).all():
            bad = int(fitted.size - np.isfinite(fitted).sum())
            raise _invalid(where, f"input {tensor.name!r} has {bad} of {fitted.size} values that are NaN or infinite")
        return fitted

    def _cast(self, tensor: TensorSignature, array: NDArray[Any], where: str) -> NDArray[Any]:
        if tensor.dtype == "string":
            if array.dtype.kind not in "US":
                raise _invalid(where, f"input {tensor.name!r} takes strings, not {array.dtype}")
            return array.astype(np.str_)
        wanted = np.dtype(tensor.dtype)
        if array.dtype == wanted:
            return array
        if array.dtype.kind not in "fiub" or (array.dtype.kind == "b") != (wanted.kind == "b"):
            raise _invalid(where, f"input {tensor.name!r} is {tensor.dtype}; {array.dtype} cannot be cast to it")
        with np.errstate(over="ignore", invalid="ignore"):
            cast = array.astype(wanted)
        if not _keeps_values(array, cast):
            raise _invalid(where, f"input {tensor.name!r} is {tensor.dtype}; casting from {array.dtype} would change values")
        note = f"input {tensor.name!r}: {array.dtype} was cast to {tensor.dtype}"
        if note not in self.notes:
            self.notes.append(note)
        return cast


def _keeps_values(array: NDArray[Any], cast: NDArray[Any]) -> bool:
    if array.dtype.kind == "f" and cast.dtype.kind == "f":
        # Rounding is allowed, overflow to infinity is not.
        return bool(np.array_equal(np.isfinite(array), np.isfinite(cast)))
    if array.dtype.kind == "f":
        return False
    if cast.dtype.kind == "f":
        return bool((cast.astype(array.dtype) == array).all()) if array.size else True
    limits = np.iinfo(cast.dtype)
    return not array.size or (int(array.min()) >= limits.min and int(array.max()) <= limits.max)


def _shape_fault(tensor: TensorSignature, shape: tuple[int, ...]) -> str:
    fault = f"input {tensor.name!r} is {tensor.show_shape()}, not {list(shape)}"
    if tensor.shape[:1] == (1,) and tensor.fits((1, *shape)):
        return f"{fault}; the first axis is part of the input: give array[numpy.newaxis]"
    return fault


def _invalid(where: str, fault: str) -> WorkerError:
    return WorkerError("invalid-data", f"{where}: {fault}")
