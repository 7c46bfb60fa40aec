"""Which types IREE's dispatches compute in, by the names its compiler gives them. The names are from real modules."""

from __future__ import annotations

import pytest
from worker_modules import load_module

dispatches = load_module("iree", "dispatches")


@pytest.mark.parametrize(
    ("name", "precision"),
    [
        ("main$async_dispatch_1_conv_16x8x8x3x3_f32", "float32"),
        ("main$async_dispatch_5_matmul_like_10x64_f32", "float32"),
        ("main$async_dispatch_7_matmul_12x64x128_f16xf16xf32", "float16"),
        ("main$async_dispatch_7_matmul_12x64x128_bf16xbf16xf32", "bfloat16"),
        ("main$async_dispatch_3_matmul_8x8x8_i8xi8xi32", "int8"),
        ("main$async_dispatch_9_softmax_12x128x128xf32_dispatch_tensor_store", "float32"),
        ("main$async_dispatch_0_elementwise_2_i64", "int64"),
        ("main$async_dispatch_1_elementwise_4_i1xi8xf32xf32xi1xf32", "float32"),
        ("main$async_dispatch_2_elementwise_4_f32xf16", "float16"),
        ("main$async_dispatch_0_slow_memcpy", None),
        ("main$async_dispatch_4_elementwise_transpose_16x32", None),
    ],
)
def test_floating_point_decides_and_then_the_first_operand(name: str, precision: str | None) -> None:
    assert dispatches.Dispatch(name, 1, 1).precision == precision


def test_shares_are_of_what_computes() -> None:
    found = [
        dispatches.Dispatch("main$async_dispatch_0_slow_memcpy", 5, 900),
        dispatches.Dispatch("main$async_dispatch_1_conv_16x8_f32", 1, 75),
        dispatches.Dispatch("main$async_dispatch_2_matmul_16x8_f16xf16xf32", 3, 25),
    ]
    assert dispatches.precision_shares(found) == {"float16": {"ops": 0.75, "time": 0.25}, "float32": {"ops": 0.25, "time": 0.75}}
