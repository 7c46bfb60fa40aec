"""Models rewritten to float16 compute what they did, in float16, behind the same edges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper
from test_prepare import DIGITS, make_model, prepare

from fettle_tensorrt.half import HalfReport, to_half
from fettle_worker import WorkerError

FLOAT, HALF = TensorProto.FLOAT, TensorProto.FLOAT16


def halved(model: onnx.ModelProto) -> tuple[onnx.ModelProto, HalfReport]:
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    report = to_half(copy)
    onnx.checker.check_model(copy, full_check=True)
    return copy, report


def run(model: onnx.ModelProto, feeds: dict[str, Any]) -> list[Any]:
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    results: list[Any] = session.run(None, feeds)
    return results


def inner_types(model: onnx.ModelProto) -> dict[str, int]:
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True).graph
    return {value.name: value.type.tensor_type.elem_type for value in inferred.value_info}


def test_the_digits_model_keeps_its_edges_and_its_answers(tmp_path: Path) -> None:
    model = onnx.load(prepare(tmp_path, DIGITS, shapes={"image": [1, 1, 8, 8]}).out / "model.onnx")
    narrow, report = halved(model)
    assert report.kept == {}
    assert report.halved == len(model.graph.node)
    assert [value.type.tensor_type.elem_type for value in (*narrow.graph.input, *narrow.graph.output)] == [FLOAT, FLOAT]
    assert FLOAT not in inner_types(narrow).values()
    feeds = {"image": np.random.default_rng(0).uniform(0, 1, (1, 1, 8, 8)).astype(np.float32)}
    wide, half = run(model, feeds)[0], run(narrow, feeds)[0]
    assert half.dtype == np.float32
    np.testing.assert_allclose(half, wide, atol=5e-3)
    assert not np.array_equal(half, wide), "the rewritten model must really be a narrower one"


def test_scales_of_resize_stay_float32_and_the_image_does_not() -> None:
    node = helper.make_node("Resize", ["x", "", "scales"], ["r"], name="resize", mode="linear")
    model = make_model(
        [node, helper.make_node("Relu", ["r"], ["y"])],
        [("x", FLOAT, [1, 1, 4, 4])],
        [("y", FLOAT, [1, 1, 8, 8])],
        {"scales": np.array([1, 1, 2, 2], np.float32)},
    )
    narrow, report = halved(model)
    kinds = {tensor.name: tensor.data_type for tensor in narrow.graph.initializer}
    assert list(kinds.values()) == [FLOAT]
    assert inner_types(narrow)["r"] == HALF
    assert report.halved == 2
    x = np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4)
    np.testing.assert_allclose(run(narrow, {"x": x})[0], run(model, {"x": x})[0], rtol=1e-3)


def test_a_quantised_pair_stays_as_it_was_with_casts_around_it() -> None:
    nodes = [
        helper.make_node("Relu", ["x"], ["a"]),
        helper.make_node("QuantizeLinear", ["a", "s", "z"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["d"]),
        helper.make_node("Neg", ["d"], ["y"]),
    ]
    constants = {"s": np.array(0.05, np.float32), "z": np.array(0, np.int8)}
    model = make_model(nodes, [("x", FLOAT, [4])], [("y", FLOAT, [4])], constants)
    narrow, report = halved(model)
    assert report.kept == {"DequantizeLinear": 1}
    assert report.notes() == ["nodes that stay in float32, since ONNX has no float16 for them: 1 DequantizeLinear"]
    x = np.array([-1, 0.5, 1, 2], np.float32)
    np.testing.assert_allclose(run(narrow, {"x": x})[0], run(model, {"x": x})[0], atol=0.051)


def test_weights_out_of_range_are_limited_and_said() -> None:
    weights = np.array([-3.4e38, 1e-12, 1.0, -np.inf], np.float32)
    model = make_model([helper.make_node("Add", ["x", "mask"], ["y"])], [("x", FLOAT, [4])], [("y", FLOAT, [4])], {"mask": weights})
    narrow, report = halved(model)
    assert (report.limited, report.vanished) == (1, 1)
    assert run(narrow, {"x": np.zeros(4, np.float32)})[0].tolist() == [-65504.0, 0.0, 1.0, -np.inf]
    assert len(report.notes()) == 2


def test_types_that_attributes_name_follow() -> None:
    nodes = [
        helper.make_node("Cast", ["i"], ["f"], to=FLOAT),
        helper.make_node("ConstantOfShape", ["shape"], ["zeros"]),
        helper.make_node("Add", ["f", "zeros"], ["y"]),
    ]
    model = make_model(nodes, [("i", TensorProto.INT64, [3])], [("y", FLOAT, [3])], {"shape": np.array([3], np.int64)})
    narrow, report = halved(model)
    assert report.halved == 3
    assert run(narrow, {"i": np.array([1, 2, 3])})[0].tolist() == [1, 2, 3]


def test_a_weight_read_in_both_forms_is_stored_in_both() -> None:
    nodes = [
        helper.make_node("Mul", ["x", "w"], ["m"]),
        helper.make_node("QuantizeLinear", ["m", "w"], ["q"]),
        helper.make_node("DequantizeLinear", ["q", "w"], ["y"]),
    ]
    model = make_model(nodes, [("x", FLOAT, [2])], [("y", FLOAT, [2])], {"w": np.array(0.5, np.float32)})
    narrow, _ = halved(model)
    assert sorted(tensor.data_type for tensor in narrow.graph.initializer) == [FLOAT, HALF]
    assert run(narrow, {"x": np.array([1, 2], np.float32)})[0].tolist() == [0.5, 1.0]


def test_an_input_that_is_an_output_and_an_output_that_is_read_inside() -> None:
    nodes = [helper.make_node("Relu", ["x"], ["y"]), helper.make_node("Neg", ["y"], ["z"])]
    model = make_model(nodes, [("x", FLOAT, [2])], [("y", FLOAT, [2]), ("z", FLOAT, [2])])
    narrow, _ = halved(model)
    y, z = run(narrow, {"x": np.array([-1, 2], np.float32)})
    assert (y.tolist(), z.tolist()) == ([0, 2], [0, -2])


def test_control_flow_is_refused_by_node() -> None:
    branch = helper.make_graph([helper.make_node("Identity", ["x"], ["b"])], "b", [], [helper.make_tensor_value_info("b", FLOAT, [1])])
    node = helper.make_node("If", ["c"], ["y"], name="choose", then_branch=branch, else_branch=branch)
    model = make_model([node], [("c", TensorProto.BOOL, []), ("x", FLOAT, [1])], [("y", FLOAT, [1])])
    with pytest.raises(WorkerError) as refused:
        to_half(model)
    assert refused.value.code == "unsupported-operator"
    assert refused.value.details["node"] == "choose"
    assert "bind" in str(refused.value.details["hint"])
