"""Products with constant weights, written so that a register tile reads both operands in order.

Convolutions here have channels last; weights are constants, so they are packed while compiling, at no cost when the model
runs: [blocks, *kernel, inner, width], where a block is the `width` output channels of one tile. A tile then walks its
weights in one straight line. The channels are padded to whole blocks; the padding is computed and cut off.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tvm import ir, relax, te, tirx, topi

from tiles import choose_tile
from vector_unit import VectorUnit

#: Names of the blocks the schedule looks for.
PACKED = "packed_product"
DEPTHWISE = "depthwise_product"
PADDED = "padded_input"
CUT = "cut_channels"

#: TVM's pattern kind of an operation that elementwise operations can be fused behind (OpPatternKind::kOutEWiseFusable).
_FUSE_BEHIND = {"op_pattern": 4}

Legalise = Callable[[relax.BlockBuilder, relax.Call], relax.Expr]


def packed_legalisations(unit: VectorUnit) -> dict[str, Legalise]:
    """What `LegalizeOps` is to do instead of its own for products whose weights are constant float32."""
    return {
        "relax.nn.conv1d": lambda builder, call: _convolution(builder, call, unit, ("NWC", "WIO")),
        "relax.nn.conv2d": lambda builder, call: _convolution(builder, call, unit, ("NHWC", "HWIO")),
        "relax.nn.conv2d_transpose": lambda builder, call: _transposed_convolution(builder, call, unit),
        "relax.matmul": lambda builder, call: _matmul(builder, call, unit),
    }


def _convolution(builder: relax.BlockBuilder, call: relax.Call, unit: VectorUnit, layouts: tuple[str, str]) -> relax.Expr:
    attrs, weights = call.attrs, _constant(call.args[1])
    if weights is None or (attrs.data_layout, attrs.kernel_layout) != layouts or attrs.out_layout != layouts[0]:
        return standard_legalisation(builder, call)
    shape = _static_shape(call.args[0])
    if shape is None or call.ty.dtype != "float32":
        return standard_legalisation(builder, call)
    geometry = _Geometry(shape, weights.shape[:-2], attrs)
    groups, channels = int(attrs.groups), weights.shape[-1]
    if groups == 1:
        return _packed_convolution(builder, call.args[0], weights, geometry, unit)
    if weights.shape[-2] == 1 and groups == shape[-1]:
        return _depthwise_convolution(builder, call.args[0], weights.reshape(*weights.shape[:-2], channels), geometry)
    return standard_legalisation(builder, call)


class _Geometry:
    """How a convolution walks its input; sizes are of the spatial dimensions, in order."""

    def __init__(self, shape: tuple[int, ...], kernel: tuple[int, ...], attrs: Any) -> None:
        self.shape = shape
        self.kernel = kernel
        self.strides = tuple(int(size) for size in attrs.strides)
        self.dilation = tuple(int(size) for size in attrs.dilation)
        padding = tuple(int(size) for size in attrs.padding)
        rank = len(kernel)
        self.before, self.after = padding[:rank], padding[rank:]
        self.out = tuple(
            (size + before + after - dilation * (window - 1) - 1) // stride + 1
            for size, before, after, dilation, window, stride in zip(
                shape[1:-1], self.before, self.after, self.dilation, kernel, self.strides, strict=True
            )
        )

    def pad(self, data: te.Tensor) -> te.Tensor:
        if not any(self.before) and not any(self.after):
            return data
        return topi.nn.pad(data, [0, *self.before, 0], [0, *self.after, 0], 0.0, name=PADDED)

    def at(self, position: tuple[tirx.Var, ...], window: tuple[tirx.Var, ...]) -> list[tirx.Expr]:
        """Where in the padded input an output position meets a place of the kernel."""
        return [p * s + w * d for p, s, w, d in zip(position, self.strides, window, self.dilation, strict=True)]


def _packed_convolution(
    builder: relax.BlockBuilder, data: relax.Expr, weights: NDArray[np.float32], geometry: _Geometry, unit: VectorUnit
) -> relax.Expr:
    *window, inner, channels = weights.shape
    height, width = geometry.out[-2:] if len(geometry.out) > 1 else (1, geometry.out[0])
    tile = choose_tile(height, width, channels, unit)
    packed = pack_weights(weights.reshape(-1, inner, channels), tile.vectors * unit.lanes)
    packed = packed.reshape(packed.shape[0], *window, inner, packed.shape[-1])

    def product(x: te.Tensor, w: te.Tensor) -> te.Tensor:
        padded = geometry.pad(x)
        places = [te.reduce_axis((0, size), name=f"window{axis}") for axis, size in enumerate(window)]
        k = te.reduce_axis((0, inner), name="k")
        block = w.shape[-1]
        full = te.compute(
            (geometry.shape[0], *geometry.out, w.shape[0] * block),
            lambda n, *rest: te.sum(
                padded(n, *geometry.at(rest[:-1], tuple(places)), k) * w(rest[-1] // block, *places, k, rest[-1] % block),
                axis=[*places, k],
            ),
            name=PACKED,
        )
        return _cut(full, channels)

    return builder.call_te(product, data, relax.const(packed), primfunc_name_hint="conv", primfunc_attrs=_FUSE_BEHIND)


def _depthwise_convolution(builder: relax.BlockBuilder, data: relax.Expr, weights: NDArray[np.float32], geometry: _Geometry) -> relax.Expr:
    """weights: [*kernel, channels]; output channel c reads input channel c // (channels / inputs)."""
    channels = weights.shape[-1]
    multiplier = channels // geometry.shape[-1]

    def product(x: te.Tensor, w: te.Tensor) -> te.Tensor:
        padded = geometry.pad(x)
        places = [te.reduce_axis((0, size), name=f"window{axis}") for axis, size in enumerate(geometry.kernel)]
        return te.compute(
            (geometry.shape[0], *geometry.out, channels),
            lambda n, *rest: te.sum(
                padded(n, *geometry.at(rest[:-1], tuple(places)), rest[-1] // multiplier) * w(*places, rest[-1]), axis=places
            ),
            name=DEPTHWISE,
        )

    return builder.call_te(product, data, relax.const(weights), primfunc_name_hint="depthwise", primfunc_attrs=_FUSE_BEHIND)


def _transposed_convolution(builder: relax.BlockBuilder, call: relax.Call, unit: VectorUnit) -> relax.Expr:
    """Where stride and kernel are equal no two windows overlap: a product with kernel x channels columns, then a shuffle."""
    attrs, weights, shape = call.attrs, _constant(call.args[1]), _static_shape(call.args[0])
    if attrs.data_layout != "NHWC":
        return standard_legalisation(builder, call)
    plain = int(attrs.groups) == 1 and not any(int(size) for size in (*attrs.padding, *attrs.output_padding))
    if weights is None or shape is None or not plain or [int(size) for size in attrs.strides] != list(weights.shape[2:]):
        return _channels_first_transposed(builder, call)
    inner, channels, kernel_height, kernel_width = weights.shape
    columns = weights.transpose(0, 2, 3, 1).reshape(1, inner, -1)
    packed = pack_weights(columns, choose_tile(shape[1], shape[2], columns.shape[-1], unit).vectors * unit.lanes)[:, 0]

    def product(x: te.Tensor, w: te.Tensor) -> te.Tensor:
        k = te.reduce_axis((0, inner), name="k")
        block = w.shape[-1]
        full = te.compute(
            (*shape[:-1], w.shape[0] * block),
            lambda *at: te.sum(x(*at[:-1], k) * w(at[-1] // block, k, at[-1] % block), axis=k),
            name=PACKED,
        )
        return te.compute(
            (shape[0], shape[1] * kernel_height, shape[2] * kernel_width, channels),
            lambda n, y, x, c: full(
                n, y // kernel_height, x // kernel_width, ((y % kernel_height) * kernel_width + x % kernel_width) * channels + c
            ),
            name="shuffle",
        )

    return builder.call_te(product, call.args[0], relax.const(packed), primfunc_name_hint="conv_transpose")


def _channels_first_transposed(builder: relax.BlockBuilder, call: relax.Call) -> relax.Expr:
    """TVM has transposed convolutions with channels first only."""
    attrs = call.attrs

    def transposed(data: te.Tensor, weights: te.Tensor) -> te.Tensor:
        first = topi.transpose(data, [0, 3, 1, 2])
        strides, padding = [int(size) for size in attrs.strides], [int(size) for size in attrs.padding]
        extra = [int(size) for size in attrs.output_padding]
        groups = int(attrs.groups)
        if groups == 1:
            result = topi.nn.conv2d_transpose_nchw(first, weights, strides, padding, call.ty.dtype, extra)
        else:
            result = topi.nn.group_conv2d_transpose_nchw(first, weights, strides, padding, call.ty.dtype, extra, groups)
        return topi.transpose(result, [0, 2, 3, 1])

    return builder.call_te(transposed, *call.args, primfunc_name_hint="conv_transpose")


def _matmul(builder: relax.BlockBuilder, call: relax.Call, unit: VectorUnit) -> relax.Expr:
    weights, shape = _constant(call.args[1]), _static_shape(call.args[0])
    if weights is None or weights.ndim != 2 or shape is None or len(shape) < 2 or call.ty.dtype != "float32":
        return standard_legalisation(builder, call)
    inner, channels = weights.shape
    tile = choose_tile(1, shape[-2], channels, unit)
    packed = pack_weights(weights.reshape(1, inner, channels), tile.vectors * unit.lanes)[:, 0]

    def product(x: te.Tensor, w: te.Tensor) -> te.Tensor:
        k = te.reduce_axis((0, inner), name="k")
        block = w.shape[-1]
        full = te.compute(
            (*shape[:-1], w.shape[0] * block),
            lambda *at: te.sum(x(*at[:-1], k) * w(at[-1] // block, k, at[-1] % block), axis=k),
            name=PACKED,
        )
        return _cut(full, channels)

    return builder.call_te(product, call.args[0], relax.const(packed), primfunc_name_hint="matmul", primfunc_attrs=_FUSE_BEHIND)


def pack_weights(weights: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """[places, inner, channels] -> [blocks, places, inner, width], the last block filled up with zeros."""
    places, inner, channels = weights.shape
    blocks = -(-channels // width)
    full = np.zeros((places, inner, blocks * width), np.float32)
    full[..., :channels] = weights
    return np.ascontiguousarray(full.reshape(places, inner, blocks, width).transpose(2, 0, 1, 3))


def _cut(full: te.Tensor, channels: int) -> te.Tensor:
    if int(full.shape[-1]) == channels:
        return full
    return te.compute((*full.shape[:-1], channels), lambda *at: full(*at), name=CUT)  # noqa: PLW0108 - TVM reads the number of its parameters


def _constant(expression: relax.Expr) -> NDArray[np.float32] | None:
    if not isinstance(expression, ir.Constant) or expression.ty.dtype != "float32":
        return None
    value: NDArray[np.float32] = expression.value.numpy()
    return value


def _static_shape(expression: relax.Expr) -> tuple[int, ...] | None:
    shape = expression.ty.shape
    if shape is None or not all(isinstance(size, tirx.IntImm) for size in shape):
        return None
    return tuple(int(size) for size in shape)


def standard_legalisation(builder: relax.BlockBuilder, call: relax.Call) -> relax.Expr:
    """What LegalizeOps does on its own."""
    return ir.Op.get(call.op.name).get_attr("FLegalize")(builder, call)
