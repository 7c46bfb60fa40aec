"""Another shape for the same elements, and copies of them."""

from __future__ import annotations

import math

import numpy as np
from onnx import numpy_helper

from node import Array, Node, operator
from offline_jax import jnp


def _reshape(node: Node) -> Array:
    x = node.value(0)
    wanted = node.constants(1) or []
    if node.integer("allowzero", 0) == 0:
        # A zero stands for the size the input has there.
        wanted = [x.shape[axis] if size == 0 else size for axis, size in enumerate(wanted)]
    return jnp.reshape(x, wanted)


def _flatten(node: Node) -> Array:
    x = node.value(0)
    axis = node.integer("axis", 1)
    rows = math.prod(x.shape[: axis + x.ndim if axis < 0 else axis])
    return jnp.reshape(x, (rows, x.size // max(rows, 1)))


def _transpose(node: Node) -> Array:
    return jnp.transpose(node.value(0), node.integers("perm"))


def _squeeze(node: Node) -> Array:
    axes = node.integers("axes") if node.optional(1) is None else node.constants(1)
    return jnp.squeeze(node.value(0), None if axes is None else tuple(axes))


def _unsqueeze(node: Node) -> Array:
    axes = node.integers("axes") if node.optional(1) is None else node.constants(1)
    return jnp.expand_dims(node.value(0), tuple(axes or []))


def _concat(node: Node) -> Array:
    return jnp.concatenate([node.value(index) for index in range(len(node.inputs))], node.integer("axis", 0))


def _split(node: Node) -> tuple[Array, ...]:
    x = node.value(0)
    axis = node.integer("axis", 0)
    sizes = node.integers("split") if node.optional(1) is None else node.constants(1)
    if sizes is None:
        # All alike but the last, which may be smaller.
        each = -(-x.shape[axis] // len(node.outputs))
        sizes = [each] * (len(node.outputs) - 1)
        sizes.append(x.shape[axis] - sum(sizes))
    return tuple(jnp.split(x, np.cumsum(sizes)[:-1].tolist(), axis))


def _expand(node: Node) -> Array:
    x = node.value(0)
    return jnp.broadcast_to(x, np.broadcast_shapes(x.shape, tuple(node.constants(1) or [])))


def _tile(node: Node) -> Array:
    return jnp.tile(node.value(0), node.constants(1) or [])


def _constant_of_shape(node: Node) -> Array:
    value = numpy_helper.to_array(node.attributes["value"]) if "value" in node.attributes else np.zeros(1, np.float32)
    return np.full(node.constants(0) or [], value.reshape(())[()], value.dtype)


def _shape(node: Node) -> Array:
    """Known when compiling, since every input's shape is."""
    shape = node.value(0).shape
    return np.asarray(shape[node.integer("start", 0) : node.integer("end", len(shape))], np.int64)


OPERATORS = {
    "Concat": operator(_concat, "axis"),
    "ConstantOfShape": operator(_constant_of_shape, "value"),
    "Expand": operator(_expand),
    "Flatten": operator(_flatten, "axis"),
    "Reshape": operator(_reshape, "allowzero"),
    "Shape": operator(_shape, "start end"),
    "Split": operator(_split, "axis num_outputs split"),
    "Squeeze": operator(_squeeze, "axes"),
    "Tile": operator(_tile),
    "Transpose": operator(_transpose, "perm"),
    "Unsqueeze": operator(_unsqueeze, "axes"),
}
