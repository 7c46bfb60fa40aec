"""Parts of a tensor by their place, and elements around it."""

from __future__ import annotations

from node import Array, Node, operator
from offline_jax import jnp

_PAD_MODES = {"constant": "constant", "reflect": "reflect", "edge": "edge", "wrap": "wrap"}


def _slice(node: Node) -> Array:
    """Starts and ends count from the end where they are negative and are limited to the axis, as Python's are."""
    x = node.value(0)
    starts, ends = node.constants(1) or [], node.constants(2) or []
    axes = node.constants(3) or list(range(len(starts)))
    steps = node.constants(4) or [1] * len(starts)
    parts = [slice(None)] * x.ndim
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        parts[axis] = slice(*slice(start, end, step).indices(x.shape[axis]))
        if parts[axis].stop < 0:
            parts[axis] = slice(parts[axis].start, None, step)
    return x[tuple(parts)]


def _gather(node: Node) -> Array:
    """Negative indices count from the end."""
    return jnp.take(node.value(0), node.value(1), axis=node.integer("axis", 0), mode="wrap")


def _pad(node: Node) -> Array:
    x, flat = node.value(0), node.constants(1) or []
    axes = [axis % x.ndim for axis in node.constants(3) or range(x.ndim)]
    if any(size < 0 for size in flat):
        raise node.refusal("it takes elements away: a padding is negative")
    pads = [(0, 0)] * x.ndim
    for place, axis in enumerate(axes):
        pads[axis] = (flat[place], flat[place + len(axes)])
    mode = _PAD_MODES.get(node.text("mode", "constant"))
    if mode is None:
        raise node.refusal(f"its mode is {node.text('mode', 'constant')!r}")
    if mode != "constant":
        return jnp.pad(x, pads, mode=mode)
    value = node.optional(2)
    return jnp.pad(x, pads, constant_values=0 if value is None else jnp.reshape(value, ()))


OPERATORS = {
    "Gather": operator(_gather, "axis"),
    "Pad": operator(_pad, "mode"),
    "Slice": operator(_slice),
}
