"""Shares of executed precisions, and what is read from a compiler's text."""

from __future__ import annotations

import pytest
from worker_modules import load_module

executed = load_module("openvino", "executed")
shares = load_module("tvm", "shares")
proof = load_module("tvm", "proof")


def test_few_operations_can_take_nearly_all_time() -> None:
    operations = [executed.Operation("Convolution", "brgconv_bf16", "bf16", 0.99)]
    operations += [executed.Operation("Eltwise", "jit_f32", "f32", 0.0025) for _ in range(4)]
    found = executed.executed_precision(operations)
    assert list(found) == ["bfloat16", "float32"]
    assert found["bfloat16"] == {"ops": pytest.approx(0.2), "time": pytest.approx(0.99)}
    assert sum(share["ops"] for share in found.values()) == pytest.approx(1)
    assert executed.heavy_operations(operations) == {"Convolution": {"bfloat16": 1}}


def test_no_measurable_time_is_not_zero_time() -> None:
    assert executed.executed_precision([executed.Operation("Relu", "jit", "f32", 0.0)]) == {"float32": {"ops": 1.0, "time": None}}
    assert shares.precision_shares([("float32", 1, 0)]) == {"float32": {"ops": 1.0, "time": None}}


def test_kernels_are_counted_by_calls() -> None:
    found = shares.precision_shares([("int32", 1, 100), ("float32", 3, 900)])
    assert found == {"float32": {"ops": 0.75, "time": 0.9}, "int32": {"ops": 0.25, "time": 0.1}}


def test_llvm_text_names_triple_and_cpu() -> None:
    attributes = [f'attributes #{number} = {{ "target-cpu"="cortex-a76" }}' for number in range(2)]
    text = "\n".join(['target triple = "aarch64-linux-gnu"', *attributes])
    assert proof.llvm_facts(text) == {"triple": "aarch64-linux-gnu", "targetCpu": ["cortex-a76"]}


def test_assembly_names_registers_and_multiply_adds() -> None:
    x86 = "\tvfmadd231ps\t%ymm13, %ymm12, %ymm10\n\tvxorps %xmm0, %xmm0, %xmm0\n\tvfmadd213ss (%rax), %xmm1, %xmm2\n"
    assert proof.assembly_facts(x86, "x86-64") == {"vectorRegisters": {"xmm": 5, "ymm": 3}, "multiplyAdds": {"ps": 1, "ss": 1}}
    arm = "\tfmla\tv3.4s, v1.4s, v2.s[0]\n\tldr\tq0, [x1]\n"
    assert proof.assembly_facts(arm, "aarch64") == {"vectorRegisters": {"4s": 2, "scalar": 1}, "multiplyAdds": {"all": 1}}
