"""Activation functions, with the constants that ONNX gives them."""

from __future__ import annotations

from node import Array, Node, operator
from offline_jax import jax, jnp


def _relu(node: Node) -> Array:
    return jnp.maximum(node.value(0), 0)


def _leaky_relu(node: Node) -> Array:
    x = node.value(0)
    return jnp.where(x < 0, x * node.number("alpha", 0.01), x)


def _prelu(node: Node) -> Array:
    x = node.value(0)
    return jnp.where(x < 0, x * node.value(1), x)


def _elu(node: Node) -> Array:
    x = node.value(0)
    return jnp.where(x < 0, node.number("alpha", 1.0) * jnp.expm1(x), x)


def _hard_sigmoid(node: Node) -> Array:
    return jnp.clip(node.value(0) * node.number("alpha", 0.2) + node.number("beta", 0.5), 0, 1)


def _hard_swish(node: Node) -> Array:
    x = node.value(0)
    return x * jnp.clip(x / 6 + 0.5, 0, 1)


def _gelu(node: Node) -> Array:
    return jax.nn.gelu(node.value(0), approximate=node.text("approximate", "none") == "tanh")


def _softmax(node: Node) -> Array:
    return jax.nn.softmax(node.value(0), node.integer("axis", -1))


def _log_softmax(node: Node) -> Array:
    return jax.nn.log_softmax(node.value(0), node.integer("axis", -1))


OPERATORS = {
    "Elu": operator(_elu, "alpha"),
    "Gelu": operator(_gelu, "approximate"),
    "HardSigmoid": operator(_hard_sigmoid, "alpha beta"),
    "HardSwish": operator(_hard_swish),
    "LeakyRelu": operator(_leaky_relu, "alpha"),
    "LogSoftmax": operator(_log_softmax, "axis"),
    "PRelu": operator(_prelu),
    "Relu": operator(_relu),
    "Sigmoid": operator(lambda node: jax.nn.sigmoid(node.value(0))),
    "Softmax": operator(_softmax, "axis"),
    "Softplus": operator(lambda node: jax.nn.softplus(node.value(0))),
    "Softsign": operator(lambda node: jax.nn.soft_sign(node.value(0))),
    "Tanh": operator(lambda node: jnp.tanh(node.value(0))),
}
