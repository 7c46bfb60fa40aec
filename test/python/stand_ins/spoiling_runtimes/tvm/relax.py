"""The virtual machine of the stand-in."""

from __future__ import annotations

from collections.abc import Callable

from spoiled import compute

from tvm import Input, Tensor


class VMInstrumentReturnKind:
    NO_OP = 0


class VirtualMachine:
    def __init__(self, module: str, device: int) -> None:
        self.module = module

    def __getitem__(self, name: str) -> Callable[..., Tensor]:
        return _main


def _main(*inputs: Input) -> Tensor:
    return Tensor(compute([each.memory for each in inputs]))
