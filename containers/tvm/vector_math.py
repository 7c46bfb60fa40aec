"""Exponential functions that vectorise. TVM would call the C library's expf for every single value.

All are for float32 and propagate NaN. Largest errors found in 3.2 million points from -110 to 95, in units in the last place,
beside float64: exp 1.0, tanh 1.3, and sigmoid 2.4 where its result is a normal number; below -88.7 sigmoid is 0, as it is with
the C library's expf in the same formula.
"""

from __future__ import annotations

from collections.abc import Callable

from tvm import relax, te, tirx

from packed_ops import standard_legalisation
from vector_unit import VectorUnit

#: exp(x) overflows float32 above and is less than half of its smallest number below.
_OVERFLOW, _UNDERFLOW = 88.72284, -103.97208

_LOG2_E = 1.44269504088896341
#: ln 2 in two parts, so that n * ln 2 is exact for every n that occurs (Cody and Waite).
_LN2_HIGH, _LN2_LOW = 0.693359375, -2.12194440e-4
#: exp(r) = 1 + r + r^2 * P(r) for |r| <= ln 2 / 2: the coefficients of Cephes' expf (S. Moshier, 1992).
_EXP = (1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)

#: tanh(x) = x + x^3 * P(x^2) for |x| below the limit; above it an exponential loses nothing: the coefficients of Cephes' tanhf.
_TANH_SMALL = 0.625
_TANH = (-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1)

Legalise = Callable[[relax.BlockBuilder, relax.Call], relax.Expr]


def math_legalisations(unit: VectorUnit) -> dict[str, Legalise]:
    """What `LegalizeOps` is to do instead of its own."""
    return {
        "relax.exp": _elementwise(exp),
        "relax.sigmoid": _elementwise(sigmoid),
        "relax.nn.silu": _elementwise(lambda x: x * sigmoid(x)),
        "relax.tanh": _elementwise(tanh),
        "relax.nn.softmax": lambda builder, call: _softmax(builder, call, unit.lanes),
    }


def exp(x: tirx.Expr) -> tirx.Expr:
    """2^n * exp(r), with 2^n in two factors, so that the largest and the denormal results come out right."""
    inside = te.min(te.max(x, _f(_UNDERFLOW)), _f(_OVERFLOW))
    n = te.floor(inside * _f(_LOG2_E) + _f(0.5))
    # From x itself, not from the clamped value: that keeps NaN.
    r = x - n * _f(_LN2_HIGH) - n * _f(_LN2_LOW)
    power = n.astype("int32")
    half = power >> 1
    value = (r * r * _polynomial(r, _EXP) + r + _f(1)) * _power_of_two(half) * _power_of_two(power - half)
    return tirx.Select(x > _f(_OVERFLOW), _f(float("inf")), tirx.Select(x < _f(_UNDERFLOW), _f(0), value))


def sigmoid(x: tirx.Expr) -> tirx.Expr:
    return _f(1) / (_f(1) + exp(-x))


def tanh(x: tirx.Expr) -> tirx.Expr:
    size, square = te.abs(x), x * x
    small = x + x * square * _polynomial(square, _TANH)
    large = _f(1) - _f(2) / (exp(size + size) + _f(1))
    return tirx.Select(size < _f(_TANH_SMALL), small, tirx.Select(x < _f(0), -large, large))


def _softmax(builder: relax.BlockBuilder, call: relax.Call, lanes: int) -> relax.Expr:
    shape = call.args[0].ty.shape
    last = len(shape) - 1
    if call.ty.dtype != "float32" or int(call.attrs.axis) not in (-1, last) or not isinstance(shape[last], tirx.IntImm):
        return standard_legalisation(builder, call)

    def softmax(x: te.Tensor) -> te.Tensor:
        maximum = _over_rows(x, lanes, te.max, "row_maximum")
        power = te.compute(x.shape, lambda *at: exp(x(*at) - maximum(*at[:-1])), name="row_exponential")
        total = _over_rows(power, lanes, te.sum, "row_sum")
        return te.compute(x.shape, lambda *at: power(*at) / total(*at[:-1]), name="row_quotient")

    return builder.call_te(softmax, call.args[0], primfunc_name_hint="softmax")


def _over_rows(x: te.Tensor, lanes: int, combine: Callable[..., tirx.Expr], name: str) -> te.Tensor:
    """Combines the last axis: `lanes` columns side by side first, which vectorises, then those and what is left over."""
    columns = int(x.shape[-1])
    if columns < 2 * lanes:
        column = te.reduce_axis((0, columns), name="k")
        return te.compute(x.shape[:-1], lambda *row: combine(x(*row, column), axis=column), name=name)
    steps = columns // lanes
    whole = steps * lanes
    step = te.reduce_axis((0, steps), name="step")
    part = te.compute((*x.shape[:-1], lanes), lambda *at: combine(x(*at[:-1], step * lanes + at[-1]), axis=step), name=f"{name}_of_lanes")
    k = te.reduce_axis((0, lanes + columns - whole), name="k")
    return te.compute(
        x.shape[:-1],
        lambda *row: combine(te.if_then_else(k < lanes, part(*row, k), x(*row, whole + k - lanes)), axis=k),
        name=name,
    )


def _elementwise(function: Callable[[tirx.Expr], tirx.Expr]) -> Legalise:
    def legalise(builder: relax.BlockBuilder, call: relax.Call) -> relax.Expr:
        if call.ty.dtype != "float32":
            return standard_legalisation(builder, call)

        def compute(x: te.Tensor) -> te.Tensor:
            return te.compute(x.shape, lambda *at: function(x(*at)), name="exponential")

        return builder.call_te(compute, call.args[0], primfunc_name_hint=call.op.name.rpartition(".")[2])

    return legalise


def _polynomial(x: tirx.Expr, coefficients: tuple[float, ...]) -> tirx.Expr:
    """Horner's rule, highest power first."""
    value = _f(coefficients[0])
    for coefficient in coefficients[1:]:
        value = value * x + _f(coefficient)
    return value


def _power_of_two(power: tirx.Expr) -> tirx.Expr:
    """2^power for -126 <= power <= 127, by writing the exponent's bits of a float32."""
    return tirx.reinterpret("float32", (power + 127) << 23)


def _f(value: float) -> tirx.Expr:
    return tirx.const(value, "float32")
