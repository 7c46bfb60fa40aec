"""Where the windows of convolutions and pools lie: ONNX's padding rules as pairs of paddings."""

from __future__ import annotations

from dataclasses import dataclass

from node import Node


@dataclass(frozen=True)
class Windows:
    """All are for each spatial axis in turn. `beyond` is padding after the end that only completes the last window."""

    kernel: list[int]
    strides: list[int]
    dilations: list[int]
    pads: list[tuple[int, int]]
    beyond: list[int]

    def padding(self) -> list[tuple[int, int]]:
        return [(before, after + more) for (before, after), more in zip(self.pads, self.beyond, strict=True)]


def read_windows(node: Node, sizes: tuple[int, ...], kernel: list[int]) -> Windows:
    """`sizes` are the input's, along the spatial axes. Reads `strides`, `dilations`, `pads`, `auto_pad` and `ceil_mode`."""
    strides = node.integers("strides") or [1] * len(sizes)
    dilations = node.integers("dilations") or [1] * len(sizes)
    # How far a window reaches: its taps lie `dilation` apart.
    reach = [(size - 1) * dilation + 1 for size, dilation in zip(kernel, dilations, strict=True)]
    pads = _pads(node, sizes, strides, reach)
    beyond = [0] * len(sizes)
    if node.integer("ceil_mode", 0) == 1:
        beyond = [_beyond(*axis) for axis in zip(sizes, strides, reach, pads, strict=True)]
    return Windows(kernel, strides, dilations, pads, beyond)


def _pads(node: Node, sizes: tuple[int, ...], strides: list[int], reach: list[int]) -> list[tuple[int, int]]:
    automatic = node.text("auto_pad", "NOTSET")
    if automatic in ("SAME_UPPER", "SAME_LOWER"):
        totals = [_same(*axis) for axis in zip(sizes, strides, reach, strict=True)]
        # An odd one goes after the end for UPPER, before the start for LOWER.
        before = [total // 2 if automatic == "SAME_UPPER" else total - total // 2 for total in totals]
        return [(start, total - start) for start, total in zip(before, totals, strict=True)]
    given = node.integers("pads") if automatic == "NOTSET" else None
    flat = given or [0] * (2 * len(sizes))
    return list(zip(flat[: len(sizes)], flat[len(sizes) :], strict=True))


def _same(size: int, stride: int, reach: int) -> int:
    """Padding in all, so that there are ceil(size / stride) windows."""
    return max((-(-size // stride) - 1) * stride + reach - size, 0)


def _beyond(size: int, stride: int, reach: int, pads: tuple[int, int]) -> int:
    """Padding after the end for one more, incomplete window; none where that window would begin in the padding."""
    padded = size + sum(pads)
    windows = -(-(padded - reach) // stride) + 1
    if (windows - 1) * stride >= size + pads[0]:
        windows -= 1
    return max((windows - 1) * stride + reach - padded, 0)
