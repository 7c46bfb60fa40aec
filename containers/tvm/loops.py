"""Small steps that several schedules share."""

from __future__ import annotations

from typing import Any

from tvm import s_tir, tirx
from tvm.s_tir.schedule import LoopRV, SBlockRV

from tiles import largest_divisor

#: Fewer scalar operations than this are done before other threads have even woken up.
WORTH_A_THREAD = 16_384

_SPATIAL, _REDUCTION = 0, 2


class NotScheduled(Exception):  # noqa: N818 - not an error: the function stays as it was, and the reason is counted
    """Why a function is left as TVM made it."""


def extent(schedule: s_tir.Schedule, loop: LoopRV) -> int:
    """Raises NotScheduled for a loop whose length is known only at run time."""
    size = schedule.get(loop).extent
    if not isinstance(size, tirx.IntImm):
        raise NotScheduled("a loop's length is known only at run time")
    return int(size)


def name_of(schedule: s_tir.Schedule, block: SBlockRV) -> str:
    return str(schedule.get(block).name_hint)


def loops_by_kind(schedule: s_tir.Schedule, block: SBlockRV) -> tuple[list[LoopRV], list[LoopRV]]:
    """The block's spatial and reduction loops, in order. Raises NotScheduled where loops and axes do not match one to one."""
    loops, kinds = schedule.get_loops(block), axis_kinds(schedule, block)
    if len(loops) != len(kinds) or not set(kinds) <= {_SPATIAL, _REDUCTION}:
        raise NotScheduled("loops and axes of a block do not match")
    spatial = [loop for loop, kind in zip(loops, kinds, strict=True) if kind == _SPATIAL]
    return spatial, [loop for loop, kind in zip(loops, kinds, strict=True) if kind == _REDUCTION]


def axis_kinds(schedule: s_tir.Schedule, block: SBlockRV) -> list[int]:
    return [int(axis.iter_type) for axis in schedule.get(block).iter_vars]


def is_injective(schedule: s_tir.Schedule, block: SBlockRV) -> bool:
    """Whether each value is computed from others without a sum."""
    return set(axis_kinds(schedule, block)) <= {_SPATIAL}


def top_blocks(schedule: s_tir.Schedule) -> list[SBlockRV]:
    return list(schedule.get_child_blocks(schedule.get_sblock("root")))


def inline_elementwise(schedule: s_tir.Schedule, keep: frozenset[str]) -> None:
    """Inlines injective blocks into injective consumers, never into sums, where each value would be computed many times."""
    for name in [name_of(schedule, block) for block in top_blocks(schedule)]:
        block = schedule.get_sblock(name)
        if name in keep or not is_injective(schedule, block):
            continue
        consumers = schedule.get_consumers(block)
        if consumers and all(is_injective(schedule, consumer) for consumer in consumers):
            _attempt(schedule.compute_inline, block)


def absorb_epilogue(schedule: s_tir.Schedule, block: SBlockRV) -> SBlockRV:
    """Accumulates `block` in registers and moves the elementwise work on its result into the write-back, which is returned.

    Work that changes the shape (a cut, a shuffle) stays apart: the tiles of the write-back would no longer be whole.
    """
    shape = _written_shape(schedule, block)
    write = schedule.cache_write(block, 0, "local")
    while True:
        consumers = schedule.get_consumers(write)
        if len(consumers) != 1 or not is_injective(schedule, consumers[0]) or _written_shape(schedule, consumers[0]) != shape:
            return write
        if not _attempt(schedule.reverse_compute_inline, consumers[0]):
            return write


def split_by(schedule: s_tir.Schedule, loop: LoopRV, size: int) -> tuple[LoopRV, LoopRV]:
    outer, inner = schedule.split(loop, [None, size])
    return outer, inner


def vectorise(schedule: s_tir.Schedule, loop: LoopRV, lanes: int) -> LoopRV | None:
    """Vectorises a loop by the widest fitting number of lanes; returns what is left outside, if anything."""
    size = extent(schedule, loop)
    width = vector_width(size, lanes)
    if width < 2:
        return loop
    if width == size:
        schedule.vectorize(loop)
        return None
    outer, inner = split_by(schedule, loop, width)
    schedule.vectorize(inner)
    return outer


def vectorise_with_remainder(schedule: s_tir.Schedule, loop: LoopRV, lanes: int) -> None:
    """Vectorises the innermost loop of an elementwise block by whole registers, and what is left over for itself.

    Afterwards the two parts stand side by side: outer loops have to be fused before.
    """
    size = extent(schedule, loop)
    if vector_width(size, lanes) >= lanes or size < 2 * lanes:
        vectorise(schedule, loop, lanes)
        return
    whole, remainder = schedule.loop_partition(loop, [size - size % lanes, None])
    vectorise(schedule, whole, lanes)
    vectorise(schedule, remainder, lanes)


def vector_width(size: int, lanes: int) -> int:
    """Whole registers where they divide, else half and quarter registers, else any divisor of up to a register."""
    for part in (lanes, lanes // 2, lanes // 4):
        if part >= 2 and size % part == 0:
            return part * largest_divisor(size // part, max(1, lanes // part))
    return size if size <= lanes else largest_divisor(size, lanes)


def parallelise(schedule: s_tir.Schedule, loops: list[LoopRV], work: int) -> None:
    """Fuses the outer loops and spreads them over the threads, where there is work enough."""
    if not loops:
        return
    fused = schedule.fuse(*loops) if len(loops) > 1 else loops[0]
    if work >= WORTH_A_THREAD and extent(schedule, fused) > 1:
        schedule.parallel(fused)


def product(numbers: list[int]) -> int:
    total = 1
    for number in numbers:
        total *= number
    return total


def _written_shape(schedule: s_tir.Schedule, block: SBlockRV) -> list[str]:
    return [str(size) for size in schedule.get(block).writes[0].source.shape]


def _attempt(step: Any, block: SBlockRV) -> bool:
    """TVM has no way to ask whether a step is legal; it raises and leaves the schedule as it was."""
    try:
        step(block)
    except s_tir.ScheduleError:
        return False
    return True
