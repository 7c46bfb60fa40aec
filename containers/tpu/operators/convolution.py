"""Convolution in any number of dimensions."""

from __future__ import annotations

from node import Array, Node, operator
from offline_jax import lax
from windows import read_windows


def _convolution(node: Node) -> Array:
    x, weights, bias = node.value(0), node.value(1), node.optional(2)
    windows = read_windows(node, x.shape[2:], list(weights.shape[2:]))
    convolved = lax.conv_general_dilated(
        x,
        weights,
        windows.strides,
        windows.pads,
        rhs_dilation=windows.dilations,
        feature_group_count=node.integer("group", 1),
    )
    return convolved if bias is None else convolved + bias.reshape((1, -1) + (1,) * (x.ndim - 2))


OPERATORS = {"Conv": operator(_convolution, "auto_pad dilations group kernel_shape pads strides")}
