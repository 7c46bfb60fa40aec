"""Schedules of everything that is not a packed product: elementwise work, sums over other axes, products of two inputs."""

from __future__ import annotations

from tvm import s_tir, tirx
from tvm.s_tir.schedule import LoopRV, SBlockRV

from loops import absorb_epilogue, extent, loops_by_kind, parallelise, product, split_by, vector_width, vectorise, vectorise_with_remainder
from tiles import largest_divisor
from vector_unit import VectorUnit

#: Accumulators of a tile: enough to hide the latency of a sum.
_ROWS = 6
#: Loops of a kernel window up to this length are unrolled.
_WINDOW = 7


def schedule_injective(schedule: s_tir.Schedule, block: SBlockRV, unit: VectorUnit) -> None:
    loops = schedule.get_loops(block)
    if not loops:
        return
    sizes = [extent(schedule, loop) for loop in loops]
    if len(loops) == 1 or sizes[-1] < unit.lanes:
        flat = schedule.fuse(*loops) if len(loops) > 1 else loops[0]
        left = vectorise(schedule, flat, unit.lanes)
        parallelise(schedule, [left] if left is not None else [], product(sizes))
        return
    *outer, last = loops
    parallelise(schedule, outer, product(sizes))
    vectorise_with_remainder(schedule, last, unit.lanes)


def schedule_reduction(schedule: s_tir.Schedule, block: SBlockRV, unit: VectorUnit) -> list[SBlockRV]:
    """Vectorised over the last output axis where neighbouring outputs read neighbouring inputs; else several rows at once."""
    spatial, reduction = loops_by_kind(schedule, block)
    if not spatial:
        return [block]
    work = product([extent(schedule, loop) for loop in (*spatial, *reduction)])
    if _sums_last_axis(schedule, block) or len(schedule.get(block).writes) != 1:
        parallelise(schedule, spatial, work)
        return [block]
    write = absorb_epilogue(schedule, block)
    *outer, last = spatial
    lanes = vector_width(extent(schedule, last), unit.lanes)
    columns, lane = split_by(schedule, last, lanes)
    outer, rows = _tile_rows(schedule, outer)
    schedule.reorder(*outer, columns, *reduction, *rows, lane)
    schedule.reverse_compute_at(write, columns)
    _finish_write(schedule, write, len(outer) + 1, unit)
    schedule.vectorize(lane)
    for loop in rows:
        schedule.unroll(loop)
    if len(reduction) > 1 and extent(schedule, reduction[-1]) <= _WINDOW:
        schedule.unroll(reduction[-1])
    parallelise(schedule, [*outer, columns], work)
    return [block, write, schedule.decompose_reduction(block, reduction[0])]


def _sums_last_axis(schedule: s_tir.Schedule, block: SBlockRV) -> bool:
    """Whether the last axis of what is read is not the last of what is written: softmax and means over rows."""
    axes = [axis.var for axis in schedule.get(block).iter_vars if int(axis.iter_type) == 0]
    for region in schedule.get(block).reads:
        if len(region.region) and any(axes[-1].same_as(used) for used in tirx.analysis.undefined_vars(region.region[-1].min)):
            return False
    return True


def _tile_rows(schedule: s_tir.Schedule, outer: list[LoopRV]) -> tuple[list[LoopRV], list[LoopRV]]:
    if not outer:
        return [], []
    rows = largest_divisor(extent(schedule, outer[-1]), _ROWS)
    if rows == 1:
        return outer, []
    around, row = split_by(schedule, outer[-1], rows)
    return [*outer[:-1], around], [row]


def _finish_write(schedule: s_tir.Schedule, write: SBlockRV, around: int, unit: VectorUnit) -> None:
    """Unrolled, so that the accumulators can be registers throughout."""
    loops = schedule.get_loops(write)[around:]
    if not loops:
        return
    left = vectorise(schedule, loops[-1], unit.lanes)
    for loop in (*loops[:-1], *([left] if left is not None else [])):
        if extent(schedule, loop) <= _ROWS:
            schedule.unroll(loop)
