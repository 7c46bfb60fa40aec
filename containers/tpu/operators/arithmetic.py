"""Element by element, numbers to numbers."""

from __future__ import annotations

import functools
from collections.abc import Callable

from node import Array, Lowering, Node, operator
from offline_jax import jax, jnp, lax


def _unary(function: Callable[[Array], Array]) -> Lowering:
    return lambda node: function(node.value(0))


def _binary(function: Callable[[Array, Array], Array]) -> Lowering:
    return lambda node: function(node.value(0), node.value(1))


def _of_all(function: Callable[[Array, Array], Array]) -> Lowering:
    return lambda node: functools.reduce(function, [jnp.asarray(node.value(index)) for index in range(len(node.inputs))])


def _divide(node: Node) -> Array:
    """ONNX rounds quotients of integers towards zero, as XLA does; jax.numpy would give floating point."""
    return lax.div(*jnp.broadcast_arrays(node.value(0), node.value(1)))


def _power(node: Node) -> Array:
    """The result has the base's type, whatever the exponent's."""
    base = node.value(0)
    return jnp.power(base, node.value(1)).astype(base.dtype)


def _clip(node: Node) -> Array:
    x, lowest, highest = node.value(0), node.optional(1), node.optional(2)
    if lowest is not None:
        x = jnp.maximum(x, lowest)
    return x if highest is None else jnp.minimum(x, highest)


def _modulo(node: Node) -> Array:
    """`fmod` 1 keeps the dividend's sign, 0 (integers only) the divisor's."""
    function = jnp.fmod if node.integer("fmod", 0) == 1 else jnp.mod
    return function(node.value(0), node.value(1))


OPERATORS = {
    "Abs": operator(_unary(jnp.abs)),
    "Add": operator(_binary(jnp.add)),
    "Ceil": operator(_unary(jnp.ceil)),
    "Clip": operator(_clip),
    "Cos": operator(_unary(jnp.cos)),
    "Div": operator(_divide),
    "Erf": operator(_unary(jax.scipy.special.erf)),
    "Exp": operator(_unary(jnp.exp)),
    "Floor": operator(_unary(jnp.floor)),
    "Identity": operator(_unary(lambda x: x)),
    "Log": operator(_unary(jnp.log)),
    "Max": operator(_of_all(jnp.maximum)),
    "Min": operator(_of_all(jnp.minimum)),
    "Mod": operator(_modulo, "fmod"),
    "Mul": operator(_binary(jnp.multiply)),
    "Neg": operator(_unary(jnp.negative)),
    "Pow": operator(_power),
    "Reciprocal": operator(_unary(jnp.reciprocal)),
    "Round": operator(_unary(jnp.round)),
    "Sign": operator(_unary(jnp.sign)),
    "Sin": operator(_unary(jnp.sin)),
    "Sqrt": operator(_unary(jnp.sqrt)),
    "Sub": operator(_binary(jnp.subtract)),
    "Sum": operator(_of_all(jnp.add)),
}
