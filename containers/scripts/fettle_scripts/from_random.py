"""Samples drawn at random from a seed: PCG64, so that equal seeds give equal data on every machine."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fettle_scripts.sources import RawSample, Samples, SourceContext
from fettle_worker import AxisRange, Options, TensorSignature, WorkerError

Draw = Callable[[np.random.Generator, tuple[int, ...]], NDArray[Any]]


#: The ways to draw a range: at its smallest size, at the one that speed is claimed for, at its greatest.
_LEVELS = 3


class RandomSource:
    """Each input has a generator of its own, so that another input's distribution does not change its values."""

    def __init__(self, context: SourceContext) -> None:
        self._context = context
        distributions = context.request.options.mapping("distributions")
        for name in distributions:
            if context.signature.input(name) is None:
                raise WorkerError("invalid-data", f"a distribution is given for {name!r}, which is no input of the model")
        meanings = [_meaning(tensor, found) for tensor in context.signature.inputs for found in tensor.ranges]
        self._open = {meaning: place for place, meaning in enumerate(dict.fromkeys(meanings))}
        self._draws = {tensor.name: self._choose(tensor, distributions.get(tensor.name)) for tensor in context.signature.inputs}

    def samples(self, split: str) -> Samples:
        seed = self._context.seed(split)
        generators = {name: np.random.default_rng([seed, zlib.crc32(name.encode())]) for name in self._draws}
        for index in range(self._context.count(split) or 0):
            inputs = {tensor.name: self._draw(generators[tensor.name], tensor, index) for tensor in self._context.signature.inputs}
            yield RawSample(inputs, {}, f"random {split} sample {index}")

    def _draw(self, generator: np.random.Generator, tensor: TensorSignature, index: int) -> NDArray[Any]:
        # A size known only at run time is drawn as 1, the smallest that every model takes.
        shape = [1 if size < 0 else size for size in tensor.shape]
        for found in tensor.ranges:
            shape[found.axis] = found.sizes()[self._level(_meaning(tensor, found), index)]
        return self._draws[tensor.name](generator, tuple(shape)).astype(tensor.dtype)

    def _level(self, meaning: object, index: int) -> int:
        """Sample 0 has all at their smallest, 1 at the one that speed is claimed for, 2 at their greatest. The six that follow shift the
        dimensions against one another, so that in nine samples a dimension meets its neighbour at each pair of these; and again."""
        return (index + self._open[meaning] * (index // _LEVELS)) % _LEVELS

    def _choose(self, tensor: TensorSignature, stated: object) -> Draw:
        if stated is not None:
            if not isinstance(stated, dict):
                raise TypeError(f"distributions.{tensor.name} must be an object")
            return _stated_draw(tensor, Options(stated))
        if tensor.dtype == "string":
            raise WorkerError("invalid-data", f"input {tensor.name!r} takes strings, which cannot be drawn at random: give a data script")
        kind = np.dtype(tensor.dtype).kind
        if kind == "f":
            self._context.notes.append(f"input {tensor.name!r}: drawn from the standard normal distribution, as none is stated.")
            return lambda generator, shape: generator.standard_normal(shape)
        self._context.notes.append(f"input {tensor.name!r}: zeros and ones, as no distribution is stated.")
        return lambda generator, shape: generator.integers(0, 2, shape)


def _meaning(tensor: TensorSignature, found: AxisRange) -> object:
    """What dimensions that are drawn alike have in common: the model's name for them. One that the model does not name may have to be
    as another, such as a mask as its text, and the model could not be run where they differ: those of equal ranges are drawn alike."""
    is_own = found.name.rstrip("_") == f"{tensor.name}_{found.axis}".rstrip("_")
    return found.sizes() if is_own else found.name


def _stated_draw(tensor: TensorSignature, stated: Options) -> Draw:
    kind = stated.text("kind")
    if (kind == "integers") == (tensor.dtype.startswith("float") or tensor.dtype == "string"):
        raise WorkerError("invalid-data", f"input {tensor.name!r} is {tensor.dtype}: a distribution of kind {kind} does not fit it")
    if kind == "normal":
        mean, deviation = stated.number("mean"), stated.number("deviation")
        return lambda generator, shape: generator.normal(mean, deviation, shape)
    low, high = stated.number("low"), stated.number("high")
    if kind == "uniform":
        return lambda generator, shape: generator.uniform(low, high, shape)
    return lambda generator, shape: generator.integers(int(low), int(high), shape)
