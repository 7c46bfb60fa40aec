"""Long short-term memory, as ONNX defines it with its default activations."""

from __future__ import annotations

from node import Array, Node, operator
from offline_jax import jax, jnp, lax

_DIRECTIONS = {"forward": (False,), "reverse": (True,), "bidirectional": (False, True)}
_ACTIVATIONS = ("Sigmoid", "Tanh", "Tanh")


def _lstm(node: Node) -> tuple[Array, ...]:
    """Outputs: every step's hidden state, the last one, and the last cell state."""
    _check(node)
    x, weights, recurrent = node.value(0), node.value(1), node.value(2)
    batch_first = node.integer("layout", 0) == 1
    directions = _DIRECTIONS[node.text("direction", "forward")]
    if batch_first:
        x = jnp.swapaxes(x, 0, 1)
    hidden = _state(node, 5, x, batch_first)
    cell = _state(node, 6, x, batch_first)
    bias = node.optional(3)
    results = []
    for number, backwards in enumerate(directions):
        sums = 0 if bias is None else sum(jnp.split(bias[number], 2))
        steps = jnp.matmul(x, weights[number].T) + sums
        results.append(_run(steps, recurrent[number], (hidden[number], cell[number]), backwards))
    every = jnp.stack([each for each, _, _ in results], 1)
    last_hidden = jnp.stack([each for _, each, _ in results])
    last_cell = jnp.stack([each for _, _, each in results])
    if batch_first:
        return jnp.transpose(every, (2, 0, 1, 3)), jnp.swapaxes(last_hidden, 0, 1), jnp.swapaxes(last_cell, 0, 1)
    return every, last_hidden, last_cell


def _run(steps: Array, recurrent: Array, state: tuple[Array, Array], backwards: bool) -> tuple[Array, Array, Array]:
    """`steps`: the input's share of the gates for each step, in ONNX's order: input, output, forget, cell."""

    def step(state: tuple[Array, Array], given: Array) -> tuple[tuple[Array, Array], Array]:
        hidden, cell = state
        enter, leave, forget, change = jnp.split(given + jnp.matmul(hidden, recurrent.T), 4, axis=-1)
        cell = jax.nn.sigmoid(forget) * cell + jax.nn.sigmoid(enter) * jnp.tanh(change)
        hidden = jax.nn.sigmoid(leave) * jnp.tanh(cell)
        return (hidden, cell), hidden

    (hidden, cell), every = lax.scan(step, state, steps, reverse=backwards)
    return every, hidden, cell


def _state(node: Node, index: int, x: Array, batch_first: bool) -> Array:
    """A state to begin with, directions first; zeros where none is given."""
    given = node.optional(index)
    if given is None:
        recurrent = node.value(2)
        return jnp.zeros((recurrent.shape[0], x.shape[1], recurrent.shape[2]), x.dtype)
    return jnp.swapaxes(given, 0, 1) if batch_first else given


def _check(node: Node) -> None:
    node.require("input_forget", 0, 0)
    for index, what in ((4, "lengths of its sequences"), (7, "peephole weights")):
        if node.optional(index) is not None:
            raise node.refusal(f"it is given {what}")
    given = [each.decode() if isinstance(each, bytes) else str(each) for each in node.attributes.get("activations", [])]
    if any(name != _ACTIVATIONS[place % 3] for place, name in enumerate(given)):
        raise node.refusal(f"its activations are {', '.join(given)}")


OPERATORS = {"LSTM": operator(_lstm, "activations direction hidden_size input_forget layout")}
