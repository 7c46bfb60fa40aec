"""Models lowered to an older opset compute what they did, and what has no older form is refused by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from test_prepare import DIGITS, make_model, prepare, run

FLOAT = TensorProto.FLOAT


def lowered(tmp_path: Path, nodes: list[onnx.NodeProto], constants: dict[str, Any], opset: int = 17) -> tuple[Any, onnx.ModelProto]:
    model = make_model(nodes, [("x", FLOAT, [2, 3, 4])], [("y", FLOAT, None)], constants, opset)
    return prepare(tmp_path, model, opset=11, highest=11), model


def test_digits_compute_the_same_in_opset_11(tmp_path: Path) -> None:
    ended = prepare(tmp_path, DIGITS, shapes={"image": [1, 1, 8, 8]}, opset=11, highest=11)
    assert "Opset lowered from 13 to 11." in ended.facts["changes"]
    assert ended.facts["opset"] == 11
    onnx.checker.check_model(onnx.load(ended.out / "model.onnx"), full_check=True)
    image = np.random.default_rng(0).random((1, 1, 8, 8), np.float32)
    np.testing.assert_allclose(run(ended.out / "model.onnx", {"image": image})[0], run(DIGITS, {"image": image})[0], atol=1e-5)


AXES = {"axes": np.array([0], np.int64)}
CASES: dict[str, tuple[list[onnx.NodeProto], dict[str, Any]]] = {
    "ReduceSum": ([helper.make_node("ReduceSum", ["x", "axes"], ["y"], keepdims=0)], AXES),
    "Unsqueeze": ([helper.make_node("Unsqueeze", ["x", "axes"], ["y"])], AXES),
    "Squeeze": ([helper.make_node("Unsqueeze", ["x", "axes"], ["z"]), helper.make_node("Squeeze", ["z", "axes"], ["y"])], AXES),
    "Split": (
        [helper.make_node("Split", ["x", "sizes"], ["a", "b"], axis=2), helper.make_node("Concat", ["b", "a"], ["y"], axis=2)],
        {"sizes": np.array([1, 3], np.int64)},
    ),
    "Softmax": ([helper.make_node("Softmax", ["x"], ["y"])], {}),
    "Reshape": ([helper.make_node("Reshape", ["x", "shape"], ["y"], allowzero=0)], {"shape": np.array([0, 12], np.int64)}),
    "Pow": ([helper.make_node("Pow", ["x", "two"], ["y"])], {"two": np.float32(2)}),
    "BatchNormalization": (
        [helper.make_node("BatchNormalization", ["x", "s", "b", "m", "v"], ["y"], epsilon=1e-3, training_mode=0)],
        {name: np.arange(1, 4, dtype=np.float32) for name in "sbmv"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_changed_form_computes_the_same(tmp_path: Path, name: str) -> None:
    ended, model = lowered(tmp_path, *CASES[name])
    assert ended.facts["opset"] == 11
    onnx.checker.check_model(onnx.load(ended.out / "model.onnx"), full_check=True)
    (tmp_path / "as-it-was.onnx").write_bytes(model.SerializeToString())
    x = np.random.default_rng(0).standard_normal((2, 3, 4)).astype(np.float32)
    np.testing.assert_allclose(run(ended.out / "model.onnx", {"x": x})[0], run(tmp_path / "as-it-was.onnx", {"x": x})[0], atol=1e-6)


REFUSED = {
    "came with opset 14": [helper.make_node("HardSwish", ["x"], ["y"], name="swish")],
    "its axis is not the last one": [helper.make_node("Softmax", ["x"], ["y"], axis=1, name="soft")],
    "its attribute `reduction` came later": [helper.make_node("ScatterND", ["x", "i", "u"], ["y"], reduction="add", name="scatter")],
}
PLACES = {"i": np.zeros((1, 1), np.int64), "u": np.ones((1, 3, 4), np.float32)}


@pytest.mark.parametrize("why", REFUSED)
def test_what_has_no_older_form_is_refused_by_name(tmp_path: Path, why: str) -> None:
    [node] = REFUSED[why]
    constants = PLACES if node.op_type == "ScatterND" else {}
    error = lowered(tmp_path, [node], constants)[0].error
    assert error["code"] == "unsupported-operator"
    assert error["details"] == {"node": node.name, "operator": node.op_type}
    assert why in error["message"]


def test_a_model_that_is_old_enough_stays_as_it_is(tmp_path: Path) -> None:
    ended, _ = lowered(tmp_path, [helper.make_node("Relu", ["x"], ["y"])], {}, opset=11)
    assert not any("lowered" in change for change in ended.facts["changes"])
