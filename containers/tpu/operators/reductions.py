"""Reductions over axes, which newer operator sets give as an input and older ones as an attribute."""

from __future__ import annotations

from collections.abc import Callable

from node import Array, Lowering, Node, operator
from offline_jax import jax, jnp

_Reduce = Callable[..., Array]


def _reduction(function: _Reduce) -> Lowering:
    def lower(node: Node) -> Array:
        x = node.value(0)
        axes = node.integers("axes") if node.optional(1) is None else node.constants(1)
        if not axes:
            if node.integer("noop_with_empty_axes", 0) == 1:
                raise node.refusal("it has no axes to reduce")
            axes = list(range(x.ndim))
        return function(x, axis=tuple(axes), keepdims=node.integer("keepdims", 1) == 1).astype(x.dtype)

    return lower


def _l1(x: Array, **how: object) -> Array:
    return jnp.sum(jnp.abs(x), **how)


def _l2(x: Array, **how: object) -> Array:
    return jnp.sqrt(jnp.sum(jnp.square(x), **how))


def _sum_of_squares(x: Array, **how: object) -> Array:
    return jnp.sum(jnp.square(x), **how)


def _arg(function: _Reduce) -> Lowering:
    def lower(node: Node) -> Array:
        node.require("select_last_index", 0, 0)
        found = function(node.value(0), axis=node.integer("axis", 0), keepdims=node.integer("keepdims", 1) == 1)
        return found.astype(jnp.int64)

    return lower


_REDUCTION = "axes keepdims noop_with_empty_axes"
_ARG = "axis keepdims select_last_index"

OPERATORS = {
    "ArgMax": operator(_arg(jnp.argmax), _ARG),
    "ArgMin": operator(_arg(jnp.argmin), _ARG),
    "ReduceL1": operator(_reduction(_l1), _REDUCTION),
    "ReduceL2": operator(_reduction(_l2), _REDUCTION),
    "ReduceLogSumExp": operator(_reduction(jax.nn.logsumexp), _REDUCTION),
    "ReduceMax": operator(_reduction(jnp.max), _REDUCTION),
    "ReduceMean": operator(_reduction(jnp.mean), _REDUCTION),
    "ReduceMin": operator(_reduction(jnp.min), _REDUCTION),
    "ReduceProd": operator(_reduction(jnp.prod), _REDUCTION),
    "ReduceSum": operator(_reduction(jnp.sum), _REDUCTION),
    "ReduceSumSquare": operator(_reduction(_sum_of_squares), _REDUCTION),
}
