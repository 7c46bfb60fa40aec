"""The table of ONNX operators and their lowerings to jax, a module for each family.

It holds what the models of the example recipes are made of and the near relatives of those. Every entry is checked against
ONNX's own test cases of that operator (test/fixtures/tpu/operator_cases.py).
"""

from __future__ import annotations

from node import Operator
from operators import activations, arithmetic, convolution, indexing, logic, normalisation, pooling, products, recurrent, reductions, shapes

_FAMILIES = (
    activations.OPERATORS,
    arithmetic.OPERATORS,
    convolution.OPERATORS,
    indexing.OPERATORS,
    logic.OPERATORS,
    normalisation.OPERATORS,
    pooling.OPERATORS,
    products.OPERATORS,
    recurrent.OPERATORS,
    reductions.OPERATORS,
    shapes.OPERATORS,
)

OPERATORS: dict[str, Operator] = {name: entry for family in _FAMILIES for name, entry in family.items()}
