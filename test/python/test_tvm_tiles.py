"""Register tiles fit the registers, divide the output, and are the ones a hand calculation gives."""

from __future__ import annotations

from typing import Any

import pytest
from worker_modules import load_module

tiles = load_module("tvm", "tiles")
units = load_module("tvm", "vector_unit")

SSE, AVX2, AVX512, NEON = (units.VectorUnit(*size) for size in ((4, 16), (8, 16), (16, 32), (4, 32)))


@pytest.mark.parametrize("unit", [SSE, AVX2, AVX512, NEON])
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 1, 512), (10, 10, 24), (7, 13, 7), (40, 40, 240), (1, 40, 6625), (320, 320, 3)])
def test_a_tile_fits_the_registers_and_divides_the_output(unit: Any, shape: tuple[int, int, int]) -> None:
    height, width, channels = shape
    tile = tiles.choose_tile(height, width, channels, unit)
    assert tile.rows * tile.vectors + tile.vectors + 1 <= unit.registers
    assert width % tile.rows_inner == 0
    assert height % tile.rows_outer == 0
    assert tile.rows_outer == 1 or tile.rows_inner == width


def test_twelve_accumulators_where_everything_divides() -> None:
    """AVX2 has 16 registers: 6 rows of 2 vectors leave room for 2 weights and a broadcast; 160 columns allow 4 rows of 3."""
    for columns, expected in ((240, (6, 2)), (160, (4, 3))):
        tile = tiles.choose_tile(1, columns, 240, AVX2)
        assert (tile.rows, tile.vectors) == expected


@pytest.mark.parametrize("channels", [8, 24, 40, 56, 240])
def test_channels_that_fill_vectors_fill_blocks(channels: int) -> None:
    tile = tiles.choose_tile(16, 16, channels, AVX2)
    assert channels % (tile.vectors * AVX2.lanes) == 0


def test_the_rows_are_found_again_from_the_packed_width() -> None:
    tile = tiles.choose_tile(20, 20, 96, AVX2)
    assert tiles.choose_tile(20, 20, tile.vectors * AVX2.lanes, AVX2, vectors=tile.vectors) == tile


def test_bands_keep_the_input_in_cache_and_divide_the_lines() -> None:
    line = 130 * 24 * 4
    band = tiles.band_lines(128, 130, line)
    assert 128 % band == 0
    assert (band + 2) * line <= 128 * 1024


def test_no_bands_where_the_input_fits_or_the_overlap_costs_too_much() -> None:
    assert tiles.band_lines(10, 12, 1024) == 10
    assert tiles.band_lines(64, 72, 60 * 1024) == 64


@pytest.mark.parametrize(
    ("features", "lanes", "registers"),
    [((), 4, 16), (("avx2",), 4, 16), (("avx2", "fma"), 8, 16), (("avx2", "fma", "avx512f"), 16, 32)],
)
def test_vector_units_of_x86(features: tuple[str, ...], lanes: int, registers: int) -> None:
    assert units.vector_unit("x86-64", lambda name: name in features) == units.VectorUnit(lanes, registers)


def test_every_aarch64_has_neon() -> None:
    assert units.vector_unit("aarch64", lambda _: False) == NEON
