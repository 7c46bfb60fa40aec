"""Schedules of products with packed weights, and of depthwise convolutions.

A packed product becomes, for a tile of T rows and V vectors of L lanes:

    parallel for each tile:
        acc[T][V*L] = 0                          in registers
        for window, k:                           one straight line through the packed weights
            for t in T, v in V: acc[t][v*L : v*L+L] += x[t, window, k] * w[window, k][v*L : v*L+L]
        out = epilogue(acc)                      bias, activation and residual, while the tile is still in registers
"""

from __future__ import annotations

from tvm import s_tir
from tvm.s_tir.schedule import LoopRV, SBlockRV

from cpu_target import VectorUnit
from loops import absorb_epilogue, extent, loops_by_kind, parallelise, product, split_by, vectorise
from tiles import Tile, choose_tile, largest_divisor, row_tiles

#: Weights up to this size stay in the second-level cache (256 KiB and more on every target) while the rows go by.
_CACHED_WEIGHTS = 192 * 1024
_FLOAT_BYTES = 4


def schedule_packed(schedule: s_tir.Schedule, block: SBlockRV, unit: VectorUnit) -> list[SBlockRV]:
    spatial, reduction = loops_by_kind(schedule, block)
    sizes = [extent(schedule, loop) for loop in spatial]
    depth = product([extent(schedule, loop) for loop in reduction])
    width = int(schedule.get(block).reads[1].source.shape[-1])
    tile = _tile(sizes, width, unit)
    write = absorb_epilogue(schedule, block)

    *outer, channels = spatial
    blocks, lanes = split_by(schedule, channels, width)
    outer, rows = _split_rows(schedule, outer, tile)
    weights_bytes = depth * sizes[-1] * _FLOAT_BYTES
    around = [*outer, blocks] if weights_bytes <= _CACHED_WEIGHTS else [blocks, *outer]
    vectors = split_by(schedule, lanes, unit.lanes) if width > unit.lanes else (lanes,)
    schedule.reorder(*around, *reduction, *rows, *vectors)

    schedule.reverse_compute_at(write, around[-1])
    _finish_write(schedule, write, len(around), unit)
    schedule.vectorize(vectors[-1])
    for loop in (*rows, *vectors[:-1]):
        schedule.unroll(loop)
    # Before the sum is taken apart: afterwards TVM no longer sees that the outer loops are independent.
    parallelise(schedule, around, product(sizes) * depth)
    return [block, write, schedule.decompose_reduction(block, reduction[0])]


def schedule_depthwise(schedule: s_tir.Schedule, block: SBlockRV, unit: VectorUnit) -> list[SBlockRV]:
    spatial, reduction = loops_by_kind(schedule, block)
    sizes = [extent(schedule, loop) for loop in spatial]
    depth = product([extent(schedule, loop) for loop in reduction])
    write = absorb_epilogue(schedule, block)
    *outer, channels = spatial
    width = largest_divisor(sizes[-1], 2 * unit.lanes) if sizes[-1] % unit.lanes else unit.lanes
    # Half of the registers accumulate; the rest hold inputs and weights.
    tile = max(row_tiles(sizes[-3] if len(sizes) > 3 else 1, sizes[-2], unit.registers // 2 - 1), key=lambda rows: rows[0] * rows[1])
    outer, rows = _split_rows(schedule, outer, Tile(*tile, 1))
    blocks, lanes = split_by(schedule, channels, width)
    around = [*outer, blocks]
    schedule.reorder(*around, *reduction, *rows, lanes)
    schedule.reverse_compute_at(write, blocks)
    _finish_write(schedule, write, len(around), unit)
    schedule.vectorize(lanes)
    for loop in (*reduction[1:], *rows):
        schedule.unroll(loop)
    parallelise(schedule, around, product(sizes) * depth)
    return [block, write, schedule.decompose_reduction(block, reduction[0])]


def _tile(sizes: list[int], width: int, unit: VectorUnit) -> Tile:
    """The row counts that were meant when the weights were packed in blocks of `width`: chosen again from the same sizes."""
    height = sizes[-3] if len(sizes) > 3 else 1
    return choose_tile(height, sizes[-2], width, unit, vectors=width // unit.lanes)


def _split_rows(schedule: s_tir.Schedule, outer: list[LoopRV], tile: Tile) -> tuple[list[LoopRV], list[LoopRV]]:
    """Splits the tile's rows off the last spatial loop, or the last two; returns the loops around and those of the tile."""
    *rest, last = outer
    around, row = split_by(schedule, last, tile.rows_inner)
    if tile.rows_outer == 1:
        return [*rest, around], [row]
    *rest, second = rest
    lines, line = split_by(schedule, second, tile.rows_outer)
    return [*rest, lines, around], [line, row]


def _finish_write(schedule: s_tir.Schedule, write: SBlockRV, around: int, unit: VectorUnit) -> None:
    """Writes whole vectors back; the tile's rows are unrolled, so that its accumulators can be registers throughout."""
    *rows, channels = schedule.get_loops(write)[around:]
    left = vectorise(schedule, channels, unit.lanes)
    for loop in (*rows, *([left] if left is not None else [])):
        schedule.unroll(loop)
