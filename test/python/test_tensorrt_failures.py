"""TensorRT's log as failures with the ONNX node, and its progress as a bar. Messages are as TensorRT for RTX 1.7.1 wrote them."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from onnx import TensorProto, helper
from test_prepare import make_model

from fettle_tensorrt.builder import open_builder
from fettle_tensorrt.failures import build_failure, parser_failure
from fettle_tensorrt.messages import Messages
from fettle_tensorrt.monitor import Phases
from fettle_tensorrt.onnx_nodes import OnnxNodes
from fettle_worker import WorkerError

FLOAT = TensorProto.FLOAT


@pytest.fixture
def nodes(tmp_path: Path) -> OnnxNodes:
    made = [helper.make_node("Gemm", ["x", "w"], ["g"], name="fc"), helper.make_node("Relu", ["g"], ["y"])]
    path = tmp_path / "m.onnx"
    path.write_bytes(make_model(made, [("x", FLOAT, [1, 2])], [("y", FLOAT, [1, 2])], {"w": [[1.0, 0.0], [0.0, 1.0]]}).SerializeToString())
    return OnnxNodes(path)


TURING = (
    "Error Code: 10: Myelin ([pass.cpp:337: check_turing_op_compatibility] Cannot compile operation 'fc' for Turing (SM75): "
    "FP32 GEMM is not supported.)"
)


def test_float32_products_on_turing_name_the_node_and_the_mend(nodes: OnnxNodes) -> None:
    failure = build_failure(["something before it", TURING], nodes, "TensorRT")
    assert failure.code == "unsupported-operator"
    assert (failure.details["node"], failure.details["operator"]) == ("fc", "Gemm")
    assert "float16" in str(failure.details["hint"])


def test_a_node_is_found_by_the_layer_that_names_it(nodes: OnnxNodes) -> None:
    failure = build_failure(["Could not find any implementation for node {ForeignNode[fc]} [ONNX Layer: y]"], nodes, "TensorRT")
    assert (failure.details["node"], failure.details["operator"]) == ("y", "Relu")


@pytest.mark.parametrize(
    ("said", "mend"),
    [
        ("Assertion failed: shiftIsAllZeros(zeroPoint): Non-zero zero point is not supported.", "quantise symmetrically"),
        ("API Usage Error (b_dq: input has type Int32 but must have type FP8, FP4, Int4, Int8, or UInt8.", "leave biases in float32"),
        ("Kernel weight dimension failed to broadcast to input.", None),
    ],
)
def test_what_a_quantised_model_must_be_is_said(nodes: OnnxNodes, said: str, mend: str | None) -> None:
    error = SimpleNamespace(code=lambda: SimpleNamespace(name="INVALID_NODE"), desc=lambda: said, node=lambda: 0)
    failure = parser_failure(SimpleNamespace(num_errors=1, get_error=lambda _: error), nodes, "TensorRT")
    assert (failure.code, failure.details["node"]) == ("unsupported-operator", "fc")
    assert ("hint" in failure.details) == (mend is not None)
    assert mend is None or mend in str(failure.details["hint"])


def test_an_error_of_no_node_is_the_toolchains_with_its_own_words(nodes: OnnxNodes) -> None:
    failure = build_failure(["IBuilder::buildSerializedNetwork: Error Code 4: API Usage Error (no profile)"], nodes, "TensorRT")
    assert failure.code == "toolchain-error"
    assert failure.message == "TensorRT cannot build the model: (no profile)"
    assert build_failure([], nodes, "TensorRT").message == "TensorRT gave no plan and logged no error"


def test_a_scope_error_of_a_model_with_a_branch_names_the_branch(tmp_path: Path) -> None:
    branch = helper.make_graph([helper.make_node("Identity", ["x"], ["b"])], "b", [], [helper.make_tensor_value_info("b", FLOAT, [1])])
    node = helper.make_node("If", ["c"], ["y"], name="choose", then_branch=branch, else_branch=branch)
    path = tmp_path / "m.onnx"
    path.write_bytes(make_model([node], [("c", TensorProto.BOOL, []), ("x", FLOAT, [1])], [("y", FLOAT, [1])]).SerializeToString())
    said = "Error Code 2: Internal Error (Assertion tScope.getType() != ScopeType::kUNDEFINED failed. )"
    failure = build_failure([said], OnnxNodes(path), "TensorRT")
    assert (failure.code, failure.details["node"], failure.details["operator"]) == ("unsupported-operator", "choose", "If")
    assert failure.details["keyLine"] == said


def test_a_file_that_is_no_model_has_no_nodes(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(b"not an onnx file at all")
    assert OnnxNodes(path).at(0) is None


def test_errors_are_kept_apart_from_warnings_and_each_is_kept_once(capfd: pytest.CaptureFixture[str]) -> None:
    messages = Messages()
    for severity, text in [("ERROR", "a"), ("WARNING", "w"), ("INTERNAL_ERROR", "b"), ("ERROR", "a"), ("INFO", "i"), ("VERBOSE", "v")]:
        messages.take(severity, text)
    assert (messages.errors, messages.warnings) == (["a", "b"], ["w"])
    assert capfd.readouterr().err.splitlines() == ["[ERROR] a", "[WARNING] w", "[INTERNAL_ERROR] b", "[ERROR] a", "[INFO] i"]


def test_the_bar_shows_the_outermost_phase_and_the_innermost_name(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(100))
    monkeypatch.setattr("fettle_tensorrt.monitor.time.monotonic", lambda: float(next(clock)))
    told: list[tuple[str, float | None]] = []
    phases = Phases(lambda text, fraction: told.append((text, fraction)))
    phases.start("Building engine", 4)
    phases.step("Building engine", 0)
    phases.start("Tuning", 10)
    phases.step("Tuning", 4)
    phases.finish("Tuning")
    phases.step("Building engine", 3)
    assert told == [("Building engine", 0.0), ("Building engine", 0.25), ("Tuning", 0.25), ("Tuning", 0.25), ("Building engine", 1.0)]


def test_the_bar_is_told_no_more_often_than_can_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fettle_tensorrt.monitor.time.monotonic", lambda: 7.0)
    told: list[str] = []
    phases = Phases(lambda text, _: told.append(text))
    for _ in range(1000):
        phases.start("Phase", 1)
    assert told == ["Phase"]


def test_a_builder_that_does_not_come_is_told_in_the_loggers_words() -> None:
    """pybind11 raises this TypeError where NVIDIA's factory gives nothing, as full TensorRT's does without a driver."""
    messages = Messages()

    class NoBuilder(ModuleType):
        def Builder(self, _: object) -> object:  # noqa: N802
            messages.take("ERROR", "CUDA initialization failure with error: 35")
            raise TypeError("pybind11::init(): factory function returned nullptr")

    with pytest.raises(WorkerError, match="cannot be started here: CUDA initialization failure") as refused:
        open_builder(NoBuilder("tensorrt"), object(), messages, "TensorRT")
    assert "tensorrt-rtx needs neither" in str(refused.value.details["hint"])
