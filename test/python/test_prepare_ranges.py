"""Models prepared with ranges: what is given a size is fixed and folded, what is given a range stays open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper
from test_prepare import Edge, make_model, prepare, run

from fettle_worker import AxisRange, Signature

WIDTH = {"min": 8, "opt": 16, "max": 40}


def dims(model: onnx.ModelProto, name: str) -> list[Any]:
    value = next(value for value in model.graph.input if value.name == name)
    return [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim]


def rows_model() -> onnx.ModelProto:
    """Flattens each row by sizes that it reads from the input itself, as exporters do: height is known, width is not."""
    nodes = [
        helper.make_node("Shape", ["x"], ["s"]),
        helper.make_node("Gather", ["s", "second"], ["height"], axis=0),
        helper.make_node("Mul", ["height", "two"], ["twice"]),
        helper.make_node("Concat", ["one", "twice", "rest"], ["wanted"], axis=0),
        helper.make_node("Reshape", ["x", "wanted"], ["y"]),
    ]
    edges: tuple[list[Edge], list[Edge]] = (
        [("x", TensorProto.FLOAT, ["n", "height", "width"])],
        [("y", TensorProto.FLOAT, ["n", "rows", "columns"])],
    )
    integers = {"second": [1], "two": [2], "one": [1], "rest": [-1]}
    constants = {name: np.array(value, np.int64) for name, value in integers.items()}
    return make_model(nodes, *edges, constants)


def test_sizes_are_fixed_and_folded_and_a_range_stays_open(tmp_path: Path) -> None:
    ended = prepare(tmp_path, rows_model(), shapes={"x": [1, 6, WIDTH]})
    assert "Input x: shape [n, height, width] limited to [1, 6, 8..40]." in ended.facts["changes"]
    signature = Signature.read(ended.out)
    (x,) = signature.inputs
    assert (x.shape, x.ranges) == ((1, 6, -1), (AxisRange(2, "width", 8, 16, 40),))
    assert signature.outputs[0].shape[2] == -1
    model = onnx.load(ended.out / "model.onnx")
    assert dims(model, "x") == [1, 6, "width"]
    for width in (8, 16, 40):
        given = np.arange(6 * width, dtype=np.float32).reshape(1, 6, width)
        assert run(ended.out / "model.onnx", {"x": given})[0].shape == (1, 12, width // 2)


def test_what_follows_from_fixed_sizes_alone_is_folded(tmp_path: Path) -> None:
    """The shape of one input is a constant, though the other input is open."""
    nodes = [
        helper.make_node("Shape", ["k"], ["s"]),
        helper.make_node("Cast", ["s"], ["f"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["f"], ["total"], keepdims=0),
        helper.make_node("Mul", ["x", "total"], ["scaled"]),
        helper.make_node("ReduceMax", ["k"], ["most"], keepdims=0),
        helper.make_node("Add", ["scaled", "most"], ["y"]),
    ]
    inputs: list[Edge] = [("x", TensorProto.FLOAT, ["n", "w"]), ("k", TensorProto.FLOAT, ["a", "b"])]
    model = make_model(nodes, inputs, [("y", TensorProto.FLOAT, None)])
    ended = prepare(tmp_path, model, shapes={"x": [1, WIDTH], "k": [2, 3]})
    assert set(ended.facts["operators"]) == {"Mul", "ReduceMax", "Add"}


def test_one_name_in_two_inputs_stays_one_name(tmp_path: Path) -> None:
    nodes = [helper.make_node("Add", ["a", "b"], ["y"])]
    inputs: list[Edge] = [("a", TensorProto.FLOAT, ["n", "tokens"]), ("b", TensorProto.FLOAT, [1, "tokens"])]
    model = make_model(nodes, inputs, [("y", TensorProto.FLOAT, ["n", "tokens"])])
    ended = prepare(tmp_path, model, shapes={"a": [1, WIDTH], "b": [1, WIDTH]})
    prepared = onnx.load(ended.out / "model.onnx")
    assert [dims(prepared, name) for name in "ab"] == [[1, "tokens"], [1, "tokens"]]
    assert [found.name for tensor in Signature.read(ended.out).inputs for found in tensor.ranges] == ["tokens", "tokens"]
    assert Signature.read(ended.out).outputs[0].shape == (1, -1)


def test_names_that_mean_nothing_or_several_things_are_kept_apart(tmp_path: Path) -> None:
    """Readers take equal names for equal sizes: `?` and a name that is given two meanings are none."""
    nodes = [helper.make_node("Concat", ["a", "b"], ["y"], axis=0)]
    inputs: list[Edge] = [("a", TensorProto.FLOAT, ["?", "?"]), ("b", TensorProto.FLOAT, ["n", "n"])]
    model = make_model(nodes, inputs, [("y", TensorProto.FLOAT, None)])
    ended = prepare(tmp_path, model, shapes={"a": [WIDTH, WIDTH], "b": [{"min": 1, "opt": 2, "max": 3}, WIDTH]})
    names = [found.name for tensor in Signature.read(ended.out).inputs for found in tensor.ranges]
    assert names == ["a_0", "a_1", "b_0", "b_1"]
    assert "Symbolic size 'n' stands for 1..3 (opt 2) and 8..40 (opt 16): its uses were kept apart." in ended.facts["changes"]


def test_an_output_of_unknown_rank_is_found_at_the_best_size(tmp_path: Path) -> None:
    nodes = [helper.make_node("Reshape", ["x", "wanted"], ["y"])]
    inputs: list[Edge] = [("x", TensorProto.FLOAT, ["w"]), ("wanted", TensorProto.INT64, ["r"])]
    model = make_model(nodes, inputs, [("y", TensorProto.FLOAT, None)])
    ended = prepare(tmp_path, model, shapes={"x": [WIDTH], "wanted": [1]})
    assert Signature.read(ended.out).outputs[0].shape == (-1,)


def test_a_range_where_the_model_has_one_size_is_refused(tmp_path: Path) -> None:
    error = prepare(tmp_path, rows_model(), shapes={"x": [1, 6]}).error
    assert "shape [1, 6] does not fit input x, which is [n, height, width]" in error["message"]
    nodes = [helper.make_node("Relu", ["x"], ["y"])]
    fixed = make_model(nodes, [("x", TensorProto.FLOAT, [1, 4])], [("y", TensorProto.FLOAT, [1, 4])])
    error = prepare(tmp_path, fixed, shapes={"x": [1, WIDTH]}).error
    assert (error["code"], error["message"]) == ("invalid-model", "shape [1, 8..40] does not fit input x, which is [1, 4]")
