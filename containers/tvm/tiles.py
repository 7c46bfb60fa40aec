"""Sizes of register tiles, chosen by counting instructions instead of measuring. Pure.

A tile is `rows` x `vectors` accumulators that stay in registers while a product's inner dimension is walked. Each step loads
`vectors` vectors of weights, broadcasts one input for each row, and multiplies each with each:

    for k:  w[0..vectors] = weights[k]        rows x vectors accumulators, vectors weights and one broadcast
            for row: acc[row] += x[row, k] * w     must fit the registers
"""

from __future__ import annotations

from dataclasses import dataclass

from vector_unit import VectorUnit

#: Multiply-adds and loads each core starts per cycle, and the cycles until a sum can be added to again: two, two and four
#: on AMD since Zen, Intel since Skylake and Arm since Cortex-A76 (their software optimisation guides).
_FMA_PER_CYCLE = 2
_LOADS_PER_CYCLE = 2
_FMA_LATENCY = 4

#: More vectors than this in a tile gain nothing and lengthen the code.
_MAX_VECTORS = 8
#: Likewise rows: 14 is what 16 registers leave beside one weight and one broadcast.
_MAX_ROWS = 14

#: A band of padded input up to this size stays in the second-level cache, with room for weights and output.
_CACHED_INPUT = 128 * 1024
#: Bands are worth it where copying the shared lines again adds at most half.
_BAND_LINES_PER_SHARED = 2


@dataclass(frozen=True)
class Tile:
    """`rows` = `rows_outer` x `rows_inner`, in the last two spatial dimensions; `vectors` registers along the channels."""

    rows_outer: int
    rows_inner: int
    vectors: int

    @property
    def rows(self) -> int:
        return self.rows_outer * self.rows_inner


def largest_divisor(number: int, limit: int) -> int:
    """The largest divisor of `number` that is at most `limit` (1 where there is none larger)."""
    return max(divisor for divisor in range(1, max(1, min(number, limit)) + 1) if number % divisor == 0)


def row_tiles(height: int, width: int, limit: int) -> list[tuple[int, int]]:
    """(outer, inner) row counts that divide the two sizes, of at most `limit` rows; several lines only where each is whole."""
    inner = [(1, divisor) for divisor in range(1, min(width, limit) + 1) if width % divisor == 0]
    if width <= limit:
        inner += [(lines, width) for lines in range(2, limit // width + 1) if height % lines == 0]
    return inner


def choose_tile(height: int, width: int, channels: int, unit: VectorUnit, vectors: int | None = None) -> Tile:
    """The tile with the fewest estimated cycles for an output of `height` x `width` positions and `channels` channels.

    `vectors` fixes that count, for weights that are packed already.
    """
    blocks = -(-channels // unit.lanes)
    # Channels that fill whole vectors also fill whole blocks: padding costs products, and a pass to cut it off.
    whole = channels % unit.lanes == 0
    counts = [vectors] if vectors else [count for count in range(1, min(blocks, _MAX_VECTORS) + 1) if not whole or blocks % count == 0]
    tiles = [
        Tile(outer, inner, count)
        for count in counts
        for outer, inner in row_tiles(height, width, _MAX_ROWS)
        if outer * inner * count + count + 1 <= unit.registers
    ]
    return min(tiles, key=lambda tile: (_cycles(tile, channels, unit), -tile.rows * tile.vectors, tile.vectors))


def _cycles(tile: Tile, channels: int, unit: VectorUnit) -> float:
    """Cycles for each useful multiply-add of a lane, of the slowest of: multiplying, loading, waiting for a sum."""
    products = tile.rows * tile.vectors
    step = max(products / _FMA_PER_CYCLE, (tile.rows + tile.vectors) / _LOADS_PER_CYCLE, _FMA_LATENCY)
    width = tile.vectors * unit.lanes
    padded = -(-channels // width) * width
    return step * padded / (products * channels)


def depthwise_tile(height: int, width: int, channels: int, unit: VectorUnit) -> tuple[Tile, int]:
    """Rows and channels of a depthwise tile: half of the registers accumulate, the rest hold inputs and weights."""
    lanes = unit.lanes if channels % unit.lanes == 0 else largest_divisor(channels, 2 * unit.lanes)
    outer, inner = max(row_tiles(height, width, unit.registers // 2), key=lambda rows: rows[0] * rows[1])
    return Tile(outer, inner, 1), lanes


def band_lines(lines: int, padded_lines: int, line_bytes: int) -> int:
    """How many output lines to compute at once so that their padded input stays in the second-level cache.

    `padded_lines` are the input's; consecutive bands share some, which are copied twice, so a band has a few times as many
    lines as are shared. All `lines` where the whole input fits, or where no fitting number divides them.
    """
    if padded_lines * line_bytes <= _CACHED_INPUT:
        return lines
    stride = max(1, padded_lines // lines)
    shared = max(0, padded_lines - stride * lines)
    most = (_CACHED_INPUT // line_bytes - shared) // stride
    band = largest_divisor(lines, most) if most >= 1 else 1
    return band if band * stride >= _BAND_LINES_PER_SHARED * shared else lines
