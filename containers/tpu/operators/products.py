"""Matrix products. Their precision on the chip is the compiler's setting, not theirs."""

from __future__ import annotations

from node import Array, Node, operator
from offline_jax import jnp


def _gemm(node: Node) -> Array:
    a, b, c = node.value(0), node.value(1), node.optional(2)
    left = a.T if node.integer("transA", 0) else a
    right = b.T if node.integer("transB", 0) else b
    product = _scaled(jnp.matmul(left, right), node.number("alpha", 1.0))
    return product if c is None else product + _scaled(c, node.number("beta", 1.0))


def _scaled(x: Array, factor: float) -> Array:
    return x if factor == 1.0 else x * factor


OPERATORS = {
    "Gemm": operator(_gemm, "alpha beta transA transB"),
    "MatMul": operator(lambda node: jnp.matmul(node.value(0), node.value(1))),
}
