"""Comparison, choice, and change of type."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from onnx import TensorProto, helper

from node import Array, Lowering, Node, operator
from offline_jax import jnp

#: Types of ONNX that numpy and jax have as well.
_PLAIN = ("FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64", "BOOL")


def _compare(function: Callable[[Array, Array], Array]) -> Lowering:
    return lambda node: function(node.value(0), node.value(1))


def _cast(node: Node) -> Array:
    wanted = TensorProto.DataType.Name(node.integer("to", 0))
    if wanted not in _PLAIN:
        raise node.refusal(f"it converts to {wanted.lower()}")
    dtype = helper.tensor_dtype_to_np_dtype(node.integer("to", 0))
    x = node.value(0)
    # A value that is known stays known: it may be somebody's shape.
    return x.astype(dtype) if isinstance(x, np.ndarray) else jnp.asarray(x, dtype)


OPERATORS = {
    "And": operator(_compare(jnp.logical_and)),
    "Cast": operator(_cast, "to saturate"),
    "Equal": operator(_compare(jnp.equal)),
    "Greater": operator(_compare(jnp.greater)),
    "GreaterOrEqual": operator(_compare(jnp.greater_equal)),
    "Less": operator(_compare(jnp.less)),
    "LessOrEqual": operator(_compare(jnp.less_equal)),
    "Not": operator(lambda node: jnp.logical_not(node.value(0))),
    "Or": operator(_compare(jnp.logical_or)),
    "Where": operator(lambda node: jnp.where(node.value(0), node.value(1), node.value(2))),
    "Xor": operator(_compare(jnp.logical_xor)),
}
