"""Models prepared by the onnx worker."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper
from workspace import REPOSITORY, Ended, run_worker, toolchain

from fettle_worker import Signature

DIGITS = REPOSITORY / "recipes" / "digits" / "digits.onnx"


def prepare(tmp_path: Path, model: Path | onnx.ModelProto, **options: Any) -> Ended:
    tmp_path.mkdir(parents=True, exist_ok=True)
    path = model if isinstance(model, Path) else tmp_path / "source.onnx"
    if not isinstance(model, Path):
        path.write_bytes(model.SerializeToString())
    request = {"verb": "prepare", "inputs": {"model": str(path)}, "options": {"opset": 17, "shapes": {}, "bind": {}, **options}}
    return run_worker(toolchain("onnx"), tmp_path / "workspace", request)


Edge = tuple[str, int, Any]


def make_model(
    nodes: list[onnx.NodeProto], inputs: Sequence[Edge], outputs: Sequence[Edge], constants: dict[str, Any] | None = None, opset: int = 17
) -> onnx.ModelProto:
    """`inputs` and `outputs` are (name, element type, shape)."""
    given, made = ([helper.make_tensor_value_info(*edge) for edge in edges] for edges in (inputs, outputs))
    initialisers = [numpy_helper.from_array(np.asarray(value), name) for name, value in (constants or {}).items()]
    graph = helper.make_graph(nodes, "g", given, made, initialisers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def run(model: Path, feeds: dict[str, Any]) -> list[Any]:
    settings = ort.SessionOptions()
    settings.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    settings.intra_op_num_threads = 1
    results: list[Any] = ort.InferenceSession(str(model), settings, providers=["CPUExecutionProvider"]).run(None, feeds)
    return results


def test_digits_are_frozen_raised_and_folded_without_changing_what_they_compute(tmp_path: Path) -> None:
    ended = prepare(tmp_path, DIGITS, shapes={"image": [1, 1, 8, 8]})
    facts = ended.facts
    assert facts["changes"] == [
        "Opset raised from 13 to 17.",
        "Input image: shape [n, 1, 8, 8] fixed to [1, 1, 8, 8].",
        "Constants folded: 12 nodes became 9.",
    ]
    assert (facts["nodesBefore"], facts["nodesAfter"], facts["opset"]) == (12, 9, 17)
    assert facts["operators"] == {"Conv": 3, "Flatten": 1, "Gemm": 1, "GlobalAveragePool": 1, "Relu": 3}
    signature = Signature.read(ended.out)
    assert [(t.name, t.dtype, t.shape) for t in signature.inputs] == [("image", "float32", (1, 1, 8, 8))]
    assert [(t.name, t.dtype, t.shape) for t in signature.outputs] == [("logits", "float32", (1, 10))]
    assert json.loads((ended.out / "metadata.json").read_text())["classes"] == "0123456789"
    prepared = onnx.load(ended.out / "model.onnx")
    onnx.checker.check_model(prepared, full_check=True)
    assert {entry.key for entry in prepared.metadata_props} == {"classes", "validation_accuracy"}
    assert sorted(path.name for path in ended.out.iterdir()) == ["metadata.json", "model.onnx", "signature.json"]
    image = np.random.default_rng(0).random((1, 1, 8, 8), np.float32)
    np.testing.assert_allclose(run(ended.out / "model.onnx", {"image": image})[0], run(DIGITS, {"image": image})[0], atol=1e-5)


def test_equal_models_give_equal_bytes(tmp_path: Path) -> None:
    first = (prepare(tmp_path, DIGITS, shapes={"image": [1, 1, 8, 8]}).out / "model.onnx").read_bytes()
    assert first == (prepare(tmp_path, DIGITS, shapes={"image": [1, 1, 8, 8]}).out / "model.onnx").read_bytes()


def test_a_symbolic_name_that_stands_for_two_sizes_is_kept_apart(tmp_path: Path) -> None:
    """PP-OCR calls height and width `?` alike; a reader that takes equal names for equal sizes refuses or misreads it."""
    nodes = [helper.make_node("Shape", ["x"], ["s"]), helper.make_node("Reshape", ["x", "s"], ["y"])]
    model = make_model(nodes, [("x", TensorProto.FLOAT, ["?", 3, "?", "?"])], [("y", TensorProto.FLOAT, ["?", 3, "?", "?"])])
    ended = prepare(tmp_path, model, shapes={"x": [1, 3, 48, 192]})
    assert "Symbolic size '?' stands for 1 and 48 and 192: its uses were kept apart." in ended.facts["changes"]
    assert Signature.read(ended.out).outputs[0].shape == (1, 3, 48, 192)


def branching_model() -> onnx.ModelProto:
    """rate == 16000 ? x + (x's mean) : x * 2, with another If in the first branch, as voice detectors have it."""
    x = ("x", TensorProto.FLOAT, ["n", 4])

    def branch(name: str, nodes: list[onnx.NodeProto], output: str) -> onnx.GraphProto:
        return helper.make_graph(nodes, name, [], [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)])

    add = branch("add", [helper.make_node("Add", ["x", "mean"], ["added"])], "added")
    same = branch("same", [helper.make_node("Identity", ["x"], ["kept"])], "kept")
    then = branch(
        "then",
        [
            helper.make_node("ReduceMean", ["x"], ["mean"], axes=[1], keepdims=1),
            helper.make_node("Greater", ["rate", "zero"], ["positive"]),
            helper.make_node("If", ["positive"], ["inner"], then_branch=add, else_branch=same),
        ],
        "inner",
    )
    otherwise = branch("otherwise", [helper.make_node("Add", ["x", "x"], ["doubled"])], "doubled")
    nodes = [
        helper.make_node("Constant", [], ["wanted"], value=numpy_helper.from_array(np.array(16000, np.int64))),
        helper.make_node("Constant", [], ["zero"], value=numpy_helper.from_array(np.array(0, np.int64))),
        helper.make_node("Equal", ["rate", "wanted"], ["is16"]),
        helper.make_node("If", ["is16"], ["y"], then_branch=then, else_branch=otherwise),
    ]
    return make_model(nodes, [x, ("rate", TensorProto.INT64, [])], [("y", TensorProto.FLOAT, None)], opset=16)


@pytest.mark.parametrize("rate", [16000, 8000])
def test_binding_an_input_resolves_the_branches_that_depend_on_it(tmp_path: Path, rate: int) -> None:
    ended = prepare(tmp_path, branching_model(), shapes={"x": [1, 4]}, bind={"rate": rate})
    assert f"Input rate bound to {rate}; it is no longer an input." in ended.facts["changes"]
    assert "If" not in ended.facts["operators"]
    signature = Signature.read(ended.out)
    assert [tensor.name for tensor in signature.inputs] == ["x"]
    assert signature.outputs[0].shape == (1, 4)
    x = np.array([[1, 2, 3, 6]], np.float32)
    np.testing.assert_allclose(run(ended.out / "model.onnx", {"x": x})[0], x + 3 if rate == 16000 else x * 2)


def test_a_model_that_cannot_be_raised_keeps_its_opset_and_says_so(tmp_path: Path) -> None:
    ended = prepare(tmp_path, DIGITS, shapes={"image": [1, 1, 8, 8]}, opset=99)
    assert ended.facts["opset"] == 13
    assert ended.facts["notes"][0].startswith("The model keeps opset 13: it could not be converted to 99 (")


def test_bfloat16_edges_are_wrapped_in_casts(tmp_path: Path) -> None:
    nodes = [helper.make_node("Cast", ["x"], ["f"], to=TensorProto.FLOAT), helper.make_node("Cast", ["f"], ["y"], to=TensorProto.BFLOAT16)]
    ended = prepare(tmp_path, make_model(nodes, [("x", TensorProto.BFLOAT16, [2])], [("y", TensorProto.BFLOAT16, [2])]))
    assert ended.facts["changes"][:2] == [
        "The input x is float32 now: bfloat16 is cast inside the model.",
        "The output y is float32 now: bfloat16 is cast inside the model.",
    ]
    values = run(ended.out / "model.onnx", {"x": np.array([1.5, 1.0001], np.float32)})[0]
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, [1.5, 1.0])


def test_inputs_with_defaults_become_constants(tmp_path: Path) -> None:
    edges = [("x", TensorProto.FLOAT, [2]), ("k", TensorProto.FLOAT, [2])]
    model = make_model(
        [helper.make_node("Mul", ["x", "k"], ["y"])], edges, [("y", TensorProto.FLOAT, [2])], {"k": np.array([2, 3], np.float32)}
    )
    ended = prepare(tmp_path, model)
    assert ended.facts["changes"] == ["1 input with a default value made constant."]
    assert [tensor.name for tensor in Signature.read(ended.out).inputs] == ["x"]


def test_external_weights_come_along(tmp_path: Path) -> None:
    weight = np.random.default_rng(0).random((64, 64), np.float32)
    nodes = [helper.make_node("MatMul", ["x", "w"], ["y"])]
    model = make_model(nodes, [("x", TensorProto.FLOAT, [1, 64])], [("y", TensorProto.FLOAT, [1, 64])], {"w": weight})
    onnx.save(model, str(tmp_path / "big.onnx"), save_as_external_data=True, location="big.bin", size_threshold=0)
    ended = prepare(tmp_path, tmp_path / "big.onnx")
    x = np.ones((1, 64), np.float32)
    np.testing.assert_allclose(run(ended.out / "model.onnx", {"x": x})[0], x @ weight, rtol=1e-5)
    (tmp_path / "big.bin").write_bytes(b"short")
    assert prepare(tmp_path, tmp_path / "big.onnx").error["message"] == "the external data file big.bin is too short for w"
    (tmp_path / "big.bin").unlink()
    assert prepare(tmp_path, tmp_path / "big.onnx").error["message"] == "the model's external data file big.bin is missing"


BAD_OPTIONS: list[tuple[dict[str, Any], str]] = [
    ({"shapes": {"image": [1, 2, 8, 8]}}, "shape [1, 2, 8, 8] does not fit input image, which is [n, 1, 8, 8]"),
    ({"shapes": {"image": [1, 8, 8]}}, "shape [1, 8, 8] does not fit input image, which is [n, 1, 8, 8]"),
    ({"shapes": {"picture": [1]}}, "the model has no input 'picture'; its inputs are 'image'"),
    ({"bind": {"rate": 1}}, "the model has no input 'rate'; its inputs are 'image'"),
    ({}, "input image is [n, 1, 8, 8]: the recipe must give its shape"),
]


@pytest.mark.parametrize(("options", "message"), BAD_OPTIONS)
def test_options_that_do_not_fit_the_graph_are_told_plainly(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    error = prepare(tmp_path, DIGITS, **options).error
    assert (error["code"], error["message"]) == ("invalid-model", message)


def test_a_constant_that_does_not_fit_the_input_s_type_is_refused(tmp_path: Path) -> None:
    error = prepare(tmp_path, branching_model(), shapes={"x": [1, 4]}, bind={"rate": 0.5}).error
    assert (error["code"], error["message"]) == ("invalid-model", "input rate is int64: it cannot be bound to 0.5")


def test_files_that_are_no_whole_model_are_refused(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.onnx"
    for contents in (DIGITS.read_bytes()[:50_000], b"<!DOCTYPE html>", b""):
        damaged.write_bytes(contents)
        error = prepare(tmp_path, damaged).error
        assert error["code"] == "invalid-model"
        assert error["message"].startswith("damaged.onnx ")


def test_an_operator_that_nobody_knows_is_named(tmp_path: Path) -> None:
    nodes = [helper.make_node("Frobnicate", ["x"], ["y"], name="here")]
    error = prepare(tmp_path, make_model(nodes, [("x", TensorProto.FLOAT, [2])], [("y", TensorProto.FLOAT, [2])])).error
    assert error["code"] == "unsupported-operator"
    assert (error["details"]["node"], error["details"]["operator"]) == ("here", "Frobnicate")
