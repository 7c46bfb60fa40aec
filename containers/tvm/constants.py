"""Folds what only rearranges constants, or computes a few numbers from them, with numpy.

TVM's FoldConstant compiles a function for every operation it folds: some hundred in a model whose biases are reshaped and
whose weights are transposed, which takes longer than compiling the model. What is not folded here is left to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tvm import ir, relax

Array = NDArray[Any]

#: Arithmetic is folded for small constants only, such as the bounds of a Clip; IEEE 754 gives the same bits everywhere.
_SMALL = 4096


def fold_constants(module: ir.IRModule) -> ir.IRModule:
    folder = _Folder(module)
    for variable, function in module.functions_items():
        if isinstance(function, relax.Function):
            folder.builder_.update_func(variable, folder.visit_expr(function))
    return folder.builder_.get()


@relax.expr_functor.mutator  # type: ignore[misc, unused-ignore]
class _Folder(relax.PyExprMutator):  # type: ignore[misc, unused-ignore]
    def visit_call_(self, call: relax.Call) -> relax.Expr:
        call = self.visit_expr_post_order(call)
        evaluate = _EVALUATORS.get(call.op.name) if isinstance(call.op, ir.Op) else None
        if evaluate is None:
            return call
        values = [self._value(argument) for argument in call.args if not isinstance(argument, relax.ShapeExpr)]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return call
        result = evaluate(call, known)
        if result is None or not _fits(call, result):
            return call
        return relax.const(np.ascontiguousarray(result).reshape(result.shape))

    def _value(self, expression: relax.Expr) -> Array | None:
        """The constant an expression is, or the one a variable was bound to."""
        bound = self.lookup_binding(expression) if isinstance(expression, relax.Var) else expression
        return bound.value.numpy() if isinstance(bound, ir.Constant) else None


def _fits(call: relax.Call, result: Array) -> bool:
    shape = call.ty.shape
    return shape is not None and [int(size) for size in shape] == list(result.shape) and call.ty.dtype == result.dtype.name


def _rearranged(call: relax.Call, values: Sequence[Array]) -> Array:
    return values[0].reshape([int(size) for size in call.ty.shape])


def _permuted(call: relax.Call, values: Sequence[Array]) -> Array:
    axes = call.attrs.axes
    return values[0].transpose(None if axes is None else [int(axis) for axis in axes])


def _elementwise(function: Callable[..., Array]) -> Callable[[relax.Call, Sequence[Array]], Array | None]:
    def run(_: relax.Call, values: Sequence[Array]) -> Array | None:
        return np.asarray(function(*values)) if max(value.size for value in values) <= _SMALL else None

    return run


_EVALUATORS: dict[str, Callable[[relax.Call, Sequence[Array]], Array | None]] = {
    "relax.reshape": _rearranged,
    "relax.expand_dims": _rearranged,
    "relax.squeeze": _rearranged,
    "relax.permute_dims": _permuted,
    "relax.isnan": _elementwise(np.isnan),
    "relax.where": _elementwise(np.where),
    "relax.add": _elementwise(np.add),
    "relax.subtract": _elementwise(np.subtract),
    "relax.multiply": _elementwise(np.multiply),
}
