"""The vector unit a schedule is fitted to. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class VectorUnit:
    """`lanes` float32 values fit one register; `registers` of them can be used at once."""

    lanes: int
    registers: int


def vector_unit(architecture: str, has: Callable[[str], bool]) -> VectorUnit:
    """The unit of a CPU whose LLVM features `has` knows.

    SSE: 128 bits, 16 registers; AVX2 with FMA: 256 bits, 16; AVX-512: 512 bits, 32; NEON (Advanced SIMD): 128 bits, 32.
    AVX without FMA counts as SSE: its products would take two instructions each.
    """
    if architecture == "aarch64":
        return VectorUnit(lanes=4, registers=32)
    if has("avx512f"):
        return VectorUnit(lanes=16, registers=32)
    if has("avx2") and has("fma"):
        return VectorUnit(lanes=8, registers=16)
    return VectorUnit(lanes=4, registers=16)
