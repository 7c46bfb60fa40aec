"""The optimisation profile of a network whose inputs have a range of sizes: the smallest, the best and the greatest shape of each input."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fettle_worker import TensorSignature, WorkerError

#: Input -> its smallest shape, the one it is fastest at, its greatest.
Profile = dict[str, list[list[int]]]


def add_profile(builder: Any, config: Any, inputs: Sequence[TensorSignature], product: str) -> Profile:
    """Adds one profile for all inputs that have a range; gives it as TensorRT took it. Empty where all sizes are fixed.

    Raises WorkerError `toolchain-error` where TensorRT takes another one than was asked for.
    """
    ranged = _ranged(inputs)
    if not ranged:
        return {}
    profile = builder.create_optimization_profile()
    for tensor in ranged:
        profile.set_shape(tensor.name, *tensor.profile())
    if config.add_optimization_profile(profile) < 0:
        raise WorkerError("toolchain-error", f"{product} takes no optimisation profile for {_shown(ranged)}")
    return hold_profile(inputs, profile.get_shape, product)


def hold_profile(inputs: Sequence[TensorSignature], read: Callable[[str], Any], product: str) -> Profile:
    """The profile that `read` gives for each input with a range, which must be the signature's; WorkerError `toolchain-error` if not."""
    ranged = _ranged(inputs)
    found = {tensor.name: [[int(size) for size in shape] for shape in read(tensor.name)] for tensor in ranged}
    for tensor in ranged:
        wanted = [list(shape) for shape in tensor.profile()]
        if found[tensor.name] != wanted:
            message = f"{product} has the sizes {found[tensor.name]} for the input {tensor.name!r}, and {wanted} was asked for"
            raise WorkerError("toolchain-error", message)
    return found


def _ranged(inputs: Sequence[TensorSignature]) -> list[TensorSignature]:
    return [tensor for tensor in inputs if tensor.ranges]


def _shown(inputs: Sequence[TensorSignature]) -> str:
    return ", ".join(f"{tensor.name} {tensor.show_shape()}" for tensor in inputs)
