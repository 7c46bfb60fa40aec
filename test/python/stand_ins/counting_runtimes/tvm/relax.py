"""The virtual machine of the stand-in."""

from __future__ import annotations

from collections.abc import Callable

from tvm import Tensor


class VMInstrumentReturnKind:
    NO_OP = 0


class VirtualMachine:
    def __init__(self, module: str, device: int) -> None:
        self.module = module

    def __getitem__(self, name: str) -> Callable[..., Tensor]:
        return lambda *inputs: inputs[0]
