"""ONNX's Clip as operations of the graph.

TVM's importer lowers Clip to loops at once. Loops have no layout, so every Clip (two for each hard-swish) would be walled in by
two transpositions when the graph goes channels last. Here each of its two halves becomes `maximum` or `minimum` again.
"""

from __future__ import annotations

from collections.abc import Callable

from tvm import ir, relax, s_tir, tirx

_OPERATIONS = {"T_maximum": relax.op.maximum, "T_minimum": relax.op.minimum}


def lift_clips(module: ir.IRModule) -> ir.IRModule:
    mutator = _ClipLifter(module)
    for variable, function in module.functions_items():
        if isinstance(function, relax.Function):
            mutator.builder_.update_func(variable, mutator.visit_expr(function))
    return mutator.builder_.get()


@relax.expr_functor.mutator  # type: ignore[misc, unused-ignore]
class _ClipLifter(relax.PyExprMutator):  # type: ignore[misc, unused-ignore]
    def __init__(self, module: ir.IRModule) -> None:
        super().__init__(module)
        self._operations = {
            variable.name_hint: operation
            for variable, function in module.functions_items()
            if isinstance(function, tirx.PrimFunc) and (operation := _bound(function)) is not None
        }

    def visit_call_(self, call: relax.Call) -> relax.Expr:
        call = self.visit_expr_post_order(call)
        if call.op != ir.Op.get("relax.call_tir") or len(call.args[1]) != 2 or not isinstance(call.args[1][1], ir.Constant):
            return call
        operation = self._operations.get(call.args[0].name_hint)
        return operation(*call.args[1]) if operation is not None else call


def _bound(function: tirx.PrimFunc) -> Callable[..., relax.Expr] | None:
    """The operation a function of one block computes."""
    schedule = s_tir.Schedule(function)
    blocks = schedule.get_child_blocks(schedule.get_sblock("root"))
    return _OPERATIONS.get(schedule.get(blocks[0]).name_hint) if len(blocks) == 1 else None
