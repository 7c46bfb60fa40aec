"""Which of a node's edges may be float16, by what the ONNX standard allows for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import onnx

HALF = "tensor(float16)"
#: Nodes whose numbers are not to be drawn or rounded in another precision, whatever the standard allows.
_KEPT = frozenset({"RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial", "Bernoulli"})


@dataclass(frozen=True)
class EdgeRule:
    """By position: whether the edge, if it is float32, can be float16 instead."""

    inputs: tuple[bool, ...]
    outputs: tuple[bool, ...]


def edge_rule(node: onnx.NodeProto, opset: int) -> EdgeRule:
    """Edges that the standard binds to one type go together; an operator that it does not know keeps float32 on all."""
    nothing = EdgeRule((False,) * len(node.input), (False,) * len(node.output))
    if node.domain not in ("", "ai.onnx") or node.op_type in _KEPT:
        return nothing
    try:
        schema = onnx.defs.get_schema(node.op_type, opset, "")
    except onnx.defs.SchemaError:
        return nothing
    allowed = {constraint.type_param_str: HALF in constraint.allowed_type_strs for constraint in schema.type_constraints}
    return EdgeRule(_allowed(schema.inputs, len(node.input), allowed), _allowed(schema.outputs, len(node.output), allowed))


def _allowed(formal: Sequence[onnx.defs.OpSchema.FormalParameter], count: int, allowed: dict[str, bool]) -> tuple[bool, ...]:
    # The last one may stand for any number.
    kinds = [formal[min(index, len(formal) - 1)].type_str for index in range(count)] if formal else []
    return tuple(allowed.get(kind, kind == HALF) for kind in kinds)
