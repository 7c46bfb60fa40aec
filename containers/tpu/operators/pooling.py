"""Pools: the largest or the mean of each window."""

from __future__ import annotations

import numpy as np

from node import Array, Node, operator
from offline_jax import jnp, lax
from windows import Windows, read_windows


def _max_pool(node: Node) -> Array:
    if node.wants(1):
        raise node.refusal("its output of indices is used")
    x = node.value(0)
    lowest = -jnp.inf if jnp.issubdtype(x.dtype, jnp.floating) else jnp.iinfo(x.dtype).min
    windows = _windows(node, x)
    return _reduce(x, windows, np.asarray(lowest, x.dtype), lax.max, windows.padding())


def _average_pool(node: Node) -> Array:
    """Padding counts as zeros where `count_include_pad` says so; what only completes a last window never counts."""
    x = node.value(0)
    windows = _windows(node, x)
    zero = np.asarray(0, x.dtype)
    ones = jnp.ones((1, 1, *x.shape[2:]), x.dtype)
    padding = windows.padding()
    if node.integer("count_include_pad", 0) == 1:
        ones = jnp.pad(ones, [(0, 0), (0, 0), *windows.pads], constant_values=1)
        padding = [(0, beyond) for beyond in windows.beyond]
    counts = _reduce(ones, windows, zero, lax.add, padding)
    return _reduce(x, windows, zero, lax.add, windows.padding()) / counts


def _windows(node: Node, x: Array) -> Windows:
    return read_windows(node, x.shape[2:], node.integers("kernel_shape") or [1] * (x.ndim - 2))


def _reduce(x: Array, windows: Windows, start: Array, function: object, padding: list[tuple[int, int]]) -> Array:
    each = {"window_dilation": (1, 1, *windows.dilations)}
    return lax.reduce_window(x, start, function, (1, 1, *windows.kernel), (1, 1, *windows.strides), [(0, 0), (0, 0), *padding], **each)


def _global_average(node: Node) -> Array:
    x = node.value(0)
    return jnp.mean(x, axis=tuple(range(2, x.ndim)), keepdims=True)


def _global_max(node: Node) -> Array:
    x = node.value(0)
    return jnp.max(x, axis=tuple(range(2, x.ndim)), keepdims=True)


_WINDOW = "auto_pad ceil_mode dilations kernel_shape pads strides"

OPERATORS = {
    "AveragePool": operator(_average_pool, f"{_WINDOW} count_include_pad"),
    "GlobalAveragePool": operator(_global_average),
    "GlobalMaxPool": operator(_global_max),
    # The order of storage only decides what the indices would be.
    "MaxPool": operator(_max_pool, f"{_WINDOW} storage_order"),
}
