"""Normalisation by mean and variance."""

from __future__ import annotations

from node import Array, Node, operator
from offline_jax import jnp, lax


def _batch_normalisation(node: Node) -> Array:
    node.require("training_mode", 0, 0)
    x, scale, bias, mean, variance = (node.value(index) for index in range(5))
    factor = scale / jnp.sqrt(variance + node.number("epsilon", 1e-5))
    return (x - _per_channel(mean, x)) * _per_channel(factor, x) + _per_channel(bias, x)


def _instance_normalisation(node: Node) -> Array:
    x, scale, bias = (node.value(index) for index in range(3))
    normal, _, _ = _normalised(x, tuple(range(2, x.ndim)), node.number("epsilon", 1e-5))
    return normal * _per_channel(scale, x) + _per_channel(bias, x)


def _layer_normalisation(node: Node) -> tuple[Array, ...]:
    """Outputs: the result, the mean, and one over the deviation. Computed in float32, as `stash_type` 1 says."""
    node.require("stash_type", 1, 1)
    x, scale, bias = node.value(0), node.value(1), node.optional(2)
    first = node.integer("axis", -1) % x.ndim
    normal, mean, factor = _normalised(x.astype(jnp.float32), tuple(range(first, x.ndim)), node.number("epsilon", 1e-5))
    scaled = normal.astype(x.dtype) * scale
    return (scaled if bias is None else scaled + bias), mean, factor


def _normalised(x: Array, axes: tuple[int, ...], epsilon: float) -> tuple[Array, Array, Array]:
    mean = jnp.mean(x, axis=axes, keepdims=True)
    factor = lax.rsqrt(jnp.mean(jnp.square(x - mean), axis=axes, keepdims=True) + epsilon)
    return (x - mean) * factor, mean, factor


def _per_channel(values: Array, x: Array) -> Array:
    return values.reshape((1, -1) + (1,) * (x.ndim - 2))


OPERATORS = {
    # The momentum only matters in training.
    "BatchNormalization": operator(_batch_normalisation, "epsilon momentum training_mode"),
    "InstanceNormalization": operator(_instance_normalisation, "epsilon"),
    "LayerNormalization": operator(_layer_normalisation, "axis epsilon stash_type"),
}
