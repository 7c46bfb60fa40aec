"""Schedules of products with packed weights, and of depthwise convolutions.

A packed product becomes, for a tile of T rows and V vectors of L lanes:

    parallel for each band of lines:
        copy the band's lines of the input with their padding    where the input does not fit the cache
        for each tile of the band:
            acc[T][V*L] = 0                          in registers
            for window, k:                           one straight line through the packed weights
                for t in T, v in V: acc[t][v*L : v*L+L] += x[t, window, k] * w[window, k][v*L : v*L+L]
            out = epilogue(acc)                      bias, activation and residual, while the tile is still in registers
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tvm import s_tir
from tvm.s_tir.schedule import LoopRV, SBlockRV

from loops import absorb_epilogue, extent, loops_by_kind, name_of, parallelise, product, split_by, vectorise
from packed_ops import PADDED
from tiles import Tile, band_lines, choose_tile, depthwise_tile
from vector_unit import VectorUnit

#: Weights up to this size stay in the second-level cache (256 KiB and more on every target) while the rows go by.
_CACHED_WEIGHTS = 192 * 1024
_FLOAT_BYTES = 4


@dataclass(frozen=True)
class _Nest:
    """The loops of a product, from the outside in; `around` begins with `bands`."""

    block: SBlockRV
    write: SBlockRV
    bands: Sequence[LoopRV]
    around: Sequence[LoopRV]
    reduction: Sequence[LoopRV]
    rows: Sequence[LoopRV]
    vectors: Sequence[LoopRV]


def schedule_packed(schedule: s_tir.Schedule, block: SBlockRV, unit: VectorUnit) -> list[SBlockRV]:
    spatial, reduction = loops_by_kind(schedule, block)
    sizes = [extent(schedule, loop) for loop in spatial]
    depth = product([extent(schedule, loop) for loop in reduction])
    width = int(schedule.get(block).reads[1].source.shape[-1])
    # The row counts that were meant when the weights were packed in blocks of `width`: chosen again from the same sizes.
    tile = choose_tile(*_lines_and_columns(sizes), width, unit, vectors=width // unit.lanes)
    write = absorb_epilogue(schedule, block)

    *outer, channels = spatial
    blocks, lanes = split_by(schedule, channels, width)
    outer, rows = _split_rows(schedule, outer, tile)
    bands, outer = _split_bands(schedule, block, outer)
    cached = depth * sizes[-1] * _FLOAT_BYTES <= _CACHED_WEIGHTS
    around = [*bands, *outer, blocks] if cached else [*bands, blocks, *outer]
    vectors = split_by(schedule, lanes, unit.lanes) if width > unit.lanes else (lanes,)
    schedule.reorder(*around, *reduction, *rows, *vectors)
    return _finish(schedule, _Nest(block, write, bands, around, reduction, rows, vectors), unit)


def schedule_depthwise(schedule: s_tir.Schedule, block: SBlockRV, unit: VectorUnit) -> list[SBlockRV]:
    spatial, reduction = loops_by_kind(schedule, block)
    sizes = [extent(schedule, loop) for loop in spatial]
    tile, width = depthwise_tile(*_lines_and_columns(sizes), sizes[-1], unit)
    write = absorb_epilogue(schedule, block)

    *outer, channels = spatial
    outer, rows = _split_rows(schedule, outer, tile)
    bands, outer = _split_bands(schedule, block, outer)
    blocks, lanes = split_by(schedule, channels, width)
    around = [*bands, *outer, blocks]
    schedule.reorder(*around, *reduction, *rows, lanes)
    for loop in reduction[1:]:
        schedule.unroll(loop)
    return _finish(schedule, _Nest(block, write, bands, around, reduction, rows, (lanes,)), unit)


def _finish(schedule: s_tir.Schedule, nest: _Nest, unit: VectorUnit) -> list[SBlockRV]:
    """Puts padding and write-back in their places, vectorises, unrolls and spreads over threads; returns all blocks it scheduled."""
    work = product([extent(schedule, loop) for loop in (*nest.around, *nest.reduction, *nest.rows, *nest.vectors)])
    padded = []
    if nest.bands:
        padded = [schedule.get_sblock(PADDED)]
        schedule.compute_at(padded[0], nest.bands[-1])
        vectorise(schedule, schedule.get_loops(padded[0])[-1], unit.lanes)
    schedule.reverse_compute_at(nest.write, nest.around[-1])
    *lines, channels = schedule.get_loops(nest.write)[len(nest.around) :]
    left = vectorise(schedule, channels, unit.lanes)
    schedule.vectorize(nest.vectors[-1])
    # Unrolled, so that the accumulators can be registers throughout.
    for loop in (*lines, *([left] if left is not None else []), *nest.rows, *nest.vectors[:-1]):
        schedule.unroll(loop)
    # Before the sum is taken apart: afterwards TVM no longer sees that the outer loops are independent.
    parallelise(schedule, list(nest.bands or nest.around), work)
    return [*padded, nest.block, nest.write, schedule.decompose_reduction(nest.block, nest.reduction[0])]


def _split_rows(schedule: s_tir.Schedule, outer: list[LoopRV], tile: Tile) -> tuple[list[LoopRV], list[LoopRV]]:
    """Splits the tile's rows off the last spatial loop, or the last two; returns the loops around and those of the tile."""
    *rest, last = outer
    around, row = split_by(schedule, last, tile.rows_inner)
    if tile.rows_outer == 1:
        return [*rest, around], [row]
    *rest, second = rest
    lines, line = split_by(schedule, second, tile.rows_outer)
    return [*rest, lines, around], [line, row]


def _split_bands(schedule: s_tir.Schedule, block: SBlockRV, outer: list[LoopRV]) -> tuple[list[LoopRV], list[LoopRV]]:
    """Splits bands of lines off the outer loops where the padded input is too large to be kept; no bands where it is not."""
    shape = [int(size) for size in schedule.get(block).reads[0].source.shape]
    producers = [name_of(schedule, producer) for producer in schedule.get_producers(block)]
    if PADDED not in producers or len(shape) != 4 or len(outer) != 3:
        return [], outer
    image, line, column = outer
    lines = extent(schedule, line)
    band = band_lines(lines, shape[1], shape[2] * shape[3] * _FLOAT_BYTES)
    if band == lines:
        return [], outer
    bands, inside = split_by(schedule, line, band)
    return [image, bands], [inside, column]


def _lines_and_columns(sizes: Sequence[int]) -> tuple[int, int]:
    """The last two spatial sizes of [batch, ..., channels]; one line where there is one spatial dimension."""
    return (sizes[-3] if len(sizes) > 3 else 1), sizes[-2]
