"""Convolutions with channels last: neighbouring channels are neighbours in memory, whatever the stride and the kernel.

TVM's ConvertLayout carries the layout through the operations between convolutions, so that only the model's edges are
transposed. It gives up on some graphs as a whole (a slice or squeeze of axes it cannot name); then each convolution is
converted for itself, between two transpositions.
"""

from __future__ import annotations

from collections.abc import Sequence

import tvm
from tvm import ir, relax

_LAYOUTS = {"relax.nn.conv1d": ["NWC", "WIO"], "relax.nn.conv2d": ["NHWC", "HWIO"]}
_CONVOLUTIONS = {"relax.nn.conv1d": relax.op.nn.conv1d, "relax.nn.conv2d": relax.op.nn.conv2d}


def channels_last(module: ir.IRModule, notes: list[str]) -> ir.IRModule:
    """Converts every convolution; adds a note where that costs transpositions between them."""
    try:
        return relax.transform.ConvertLayout(_LAYOUTS)(module)
    except tvm.error.InternalError:
        notes.append("TVM cannot carry channels-last through this graph: each convolution is transposed for itself")
        return _convert_each(module)


def _convert_each(module: ir.IRModule) -> ir.IRModule:
    converter = _Converter(module)
    for variable, function in module.functions_items():
        if isinstance(function, relax.Function):
            converter.builder_.update_func(variable, converter.visit_expr(function))
    return converter.builder_.get()


@relax.expr_functor.mutator  # type: ignore[misc, unused-ignore]
class _Converter(relax.PyExprMutator):  # type: ignore[misc, unused-ignore]
    def visit_call_(self, call: relax.Call) -> relax.Expr:
        call = self.visit_expr_post_order(call)
        name = call.op.name if isinstance(call.op, ir.Op) else ""
        if name not in _LAYOUTS or not call.attrs.data_layout.startswith("NC") or call.attrs.out_layout != call.attrs.data_layout:
            return call
        rank = len(call.attrs.data_layout)
        inner = list(range(2, rank))
        data = self._permuted(call.args[0], [0, *inner, 1])
        weights = self._permuted(call.args[1], [*inner, 1, 0])
        attrs, (data_layout, kernel_layout) = call.attrs, _LAYOUTS[name]
        result = _CONVOLUTIONS[name](
            data,
            weights,
            strides=list(attrs.strides),
            padding=list(attrs.padding),
            dilation=list(attrs.dilation),
            groups=attrs.groups,
            data_layout=data_layout,
            kernel_layout=kernel_layout,
        )
        return relax.op.permute_dims(self.builder_.emit(result), [0, rank - 1, *range(1, rank - 1)])

    def _permuted(self, value: relax.Expr, axes: Sequence[int]) -> relax.Expr:
        return self.builder_.emit(relax.op.permute_dims(value, list(axes)))
