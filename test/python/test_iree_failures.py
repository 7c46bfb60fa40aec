"""What iree-compile says, as failures with the ONNX node. Messages are as IREE 3.13.0 wrote them."""

from __future__ import annotations

import pytest
from worker_modules import load_module

compile_failure = load_module("iree", "compile_failure")

NODES = {"sn": ("sn", "StringNormalizer"), "encoder/2/Conv": ("encoder/2/Conv", "Conv"), "branch": ("branch", "If")}

MISSING = (
    "<unknown>:0: error: loc(\"sn\"): failed to legalize operation 'torch.operator' that was explicitly marked illegal: "
    '%0 = "torch.operator"(%arg0) <{name = "onnx.StringNormalizer"}> : (!torch.vtensor<[2],!torch.str>) -> !torch.vtensor<[2],!torch.str>\n'
    '<unknown>:0: note: loc("sn"): see current operation: %0 = "torch.operator"(%arg0) <{name = "onnx.StringNormalizer"}>\n'
)
REFUSED = (
    "<unknown>:0: error: loc(\"encoder/2/Conv\"): 'linalg.generic' op inferred input/output operand #1 has shape's dimension #2 to be 4, "
    "but found 3\n"
    '<unknown>:0: note: loc("encoder/2/Conv"): see current operation: \n'
)
STACK = (
    "<unknown>:0: error: loc(\"encoder/2/Conv\"): 'func.func' op exceeded stack allocation limit of 32768 bytes "
    "for function. Got 36992 bytes\n"
)
NO_TARGET = '<unknown>:0: error: loc("encoder/2/Conv"): missing GPU target in #hal.executable.target\n'
NO_CPU = "Unknown CPU for target architecture x86_64.\nList of accepted CPUs: nocona, core2\nLLVM ERROR: 64-bit code requested\n"
IGNORED_CPU = "'foo' is not a recognized processor for this target (ignoring processor)\n"


def test_an_operator_without_implementation() -> None:
    failure = compile_failure.compile_failure(MISSING, 1, NODES)
    assert failure.code == "unsupported-operator"
    assert failure.message == "IREE has no implementation of StringNormalizer, which node 'sn' needs"
    assert (failure.details["node"], failure.details["operator"]) == ("sn", "StringNormalizer")


def test_an_operator_inside_what_another_was_expanded_to_names_no_node_of_the_user() -> None:
    failure = compile_failure.compile_failure(MISSING, 1, {"sn": ("outer", "Celu")})
    assert (failure.details["node"], failure.details["operator"]) == ("", "StringNormalizer")


def test_a_node_that_cannot_be_compiled() -> None:
    failure = compile_failure.compile_failure(REFUSED, 1, NODES)
    assert failure.code == "unsupported-operator"
    assert (failure.details["node"], failure.details["operator"]) == ("encoder/2/Conv", "Conv")
    assert "operand #1" in str(failure.details["keyLine"])


def test_the_stack_limit_is_no_fault_of_an_operator() -> None:
    assert compile_failure.is_stack_limit(STACK)
    assert not compile_failure.is_stack_limit(REFUSED)
    failure = compile_failure.compile_failure(STACK, 1, NODES)
    assert (failure.code, "node" in failure.details) == ("unsupported-model", False)


def test_a_gpu_it_does_not_know() -> None:
    failure = compile_failure.compile_failure(NO_TARGET, 1, NODES)
    assert failure.code == "unsupported-model"
    assert failure.message.startswith("IREE cannot compile for this hardware")


@pytest.mark.parametrize("log", [NO_CPU, IGNORED_CPU])
def test_a_cpu_it_does_not_know_even_where_it_goes_on_without(log: str) -> None:
    failure = compile_failure.unknown_cpu(log)
    assert failure.code == "unsupported-model"
    assert failure.details["keyLine"] == log.splitlines()[0]
    assert compile_failure.unknown_cpu(MISSING) is None


DUMP = """Please report issues to https://github.com/iree-org/iree/issues and include the crash backtrace.
Stack dump:
0.\tProgram arguments: iree-compile main.mlirbc
 #0 0x00007ff438b5a0ab llvm::sys::PrintStackTrace(llvm::raw_ostream&, int) Signals.cpp:0:0
 #3 0x00007ff432c5a050 (/lib/x86_64-linux-gnu/libc.so.6+0x3c050)
 #4 0x00007ff438c6e996 mlir::Type::getContext() const Types.cpp:0:0
"""


def test_a_crash_shows_where_and_an_end_without_words_the_last_of_them() -> None:
    crash = compile_failure.compile_failure(DUMP, -11, NODES)
    assert (crash.code, crash.message) == ("toolchain-error", "iree-compile crashed (SIGSEGV) on this model")
    assert crash.details["keyLine"] == "mlir::Type::getContext() const Types.cpp:0:0"
    assert compile_failure.compile_failure("", -9, NODES).details["keyLine"] == "SIGKILL"
    failure = compile_failure.compile_failure("something\nlast words\n", 245, NODES)
    assert (failure.code, failure.details["keyLine"]) == ("toolchain-error", "last words")
