"""The onnxruntime worker on the digits model: reference, artifact, executed precision, baseline."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from test_prepare import DIGITS, make_model, prepare
from workspace import REPOSITORY, Ended, run_worker, toolchain

from fettle_worker import OutputSet


def ask(folder: Path, verb: str, inputs: dict[str, Path], options: dict[str, Any], commands: str = "") -> Ended:
    request = {"verb": verb, "inputs": {name: str(path) for name, path in inputs.items()}, "options": options, "threads": 2}
    return run_worker(toolchain("onnxruntime"), folder, request, commands)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `prepared`, `data` and `reference` of the digits recipe, 20 samples long."""
    folder = tmp_path_factory.mktemp("digits")
    shutil.copytree(prepare(folder / "p", DIGITS, shapes={"image": [1, 1, 8, 8]}).out, folder / "prepared")
    options = {"source": "script", "script": "data.py", "calibration": 0, "validation": 20, "seed": 0}
    inputs = {"model": str(folder / "prepared"), "script": str(REPOSITORY / "recipes" / "digits")}
    made = run_worker(toolchain("scripts"), folder / "d", {"verb": "dataset", "inputs": inputs, "options": options})
    assert made.code == 0, made.log
    shutil.copytree(made.out, folder / "data")
    given = {"model": DIGITS, "data": folder / "data"}
    ended = ask(folder / "r", "reference", given, {"split": "validation", "bind": {}})
    assert ended.facts["notes"] == []
    shutil.copytree(ended.out, folder / "reference")
    return folder


def largest_difference(one: Path, other: Path) -> float:
    pairs = list(zip(OutputSet(one), OutputSet(other), strict=True))
    assert len(pairs) == 20
    assert all(a["logits"].shape == b["logits"].shape == (1, 10) for a, b in pairs)
    return max(float(np.abs(a["logits"] - b["logits"]).max()) for a, b in pairs)


def test_the_reference_shows_its_own_noise(site: Path) -> None:
    assert 0 < largest_difference(site / "reference" / "reference", site / "reference" / "noise") < 1e-4


@pytest.mark.parametrize("file_format", ["onnx", "ort"])
def test_an_artifact_runs_as_the_reference_does_and_says_in_what_precision(tmp_path: Path, site: Path, file_format: str) -> None:
    compiled = ask(tmp_path / "c", "compile", {"model": site / "prepared"}, {"level": "extended", "format": file_format})
    facts = compiled.facts
    assert facts["files"] == [f"model.{file_format}", "session.json", "signature.json"]
    assert sorted(path.name for path in compiled.out.iterdir()) == sorted(facts["files"])
    assert facts["requires"] == {"architecture": "any", "cpuFeatures": [], "packages": {"onnxruntime": facts["versions"]["onnxruntime"]}}
    assert (facts["details"]["level"], facts["details"]["loadLevel"], facts["notes"]) == ("extended", "all", [])

    given = {"artifact": compiled.out, "data": site / "data"}
    ran = ask(tmp_path / "i", "infer", given, {"split": "validation"})
    assert largest_difference(site / "reference" / "reference", ran.out) < 1e-4
    assert ran.facts["precisionEvidence"] == "executed"
    assert ran.facts["executedPrecision"] == {"float32": {"ops": 1, "time": 1}}
    assert ran.facts["placement"] == {"cpu": 1}
    assert ran.facts["details"]["operatorRuns"]["Gemm"] == 8

    measured = ask(tmp_path / "m", "measure", given, {"split": "validation"}, '{"run": 12}\n')
    ready, times = measured.answers
    assert (ready, len(times["wall_ns"]), len(times["cpu_ns"])) == ({"ready": True}, 12, 12)
    assert all(time > 0 for time in times["wall_ns"])


def test_equal_models_give_equal_artifacts(tmp_path: Path, site: Path) -> None:
    options = {"level": "extended", "format": "onnx"}
    first, second = (ask(tmp_path / name, "compile", {"model": site / "prepared"}, options).out for name in "ab")
    assert (first / "model.onnx").read_bytes() == (second / "model.onnx").read_bytes()
    metadata = onnx.load(first / "model.onnx").metadata_props
    assert {entry.key for entry in metadata} == {"classes", "validation_accuracy"}


def test_the_baseline_is_the_untouched_model(tmp_path: Path, site: Path) -> None:
    given = {"artifact": DIGITS.parent, "data": site / "data"}
    options = {"split": "validation", "file": "digits.onnx", "bind": {}, "level": "all"}
    measured = ask(tmp_path / "m", "measure", given, options, '{"run": 2}\n')
    assert (measured.code, [sorted(answer) for answer in measured.answers]) == (0, [["ready"], ["cpu_ns", "wall_ns"]])


def test_quantised_operators_count_as_int8(tmp_path: Path) -> None:
    """Half of the operators of quantise -> relu -> dequantise give eight bits; the profile must say so."""
    scale = {"s": np.float32(0.1), "z": np.uint8(0)}
    nodes = [
        helper.make_node("QuantizeLinear", ["image", "s", "z"], ["q"]),
        helper.make_node("MaxPool", ["q"], ["p"], kernel_shape=[2, 2]),
        helper.make_node("DequantizeLinear", ["p", "s", "z"], ["y"]),
    ]
    edges = [("image", TensorProto.FLOAT, [1, 1, 8, 8])], [("y", TensorProto.FLOAT, [1, 1, 7, 7])]
    prepared = prepare(tmp_path / "p", make_model(nodes, *edges, scale)).out
    shutil.copytree(prepared, tmp_path / "prepared")
    options = {"source": "random", "distributions": {}, "calibration": 0, "validation": 3, "seed": 0}
    made = run_worker(
        toolchain("scripts"), tmp_path / "d", {"verb": "dataset", "inputs": {"model": str(tmp_path / "prepared")}, "options": options}
    )
    compiled = ask(tmp_path / "c", "compile", {"model": tmp_path / "prepared"}, {"level": "basic", "format": "onnx"})
    ran = ask(tmp_path / "i", "infer", {"artifact": compiled.out, "data": made.out}, {"split": "validation"})
    assert ran.facts["executedPrecision"]["int8"]["ops"] == pytest.approx(2 / 3)
    assert ran.facts["executedPrecision"]["float32"]["ops"] == pytest.approx(1 / 3)


def test_an_input_that_the_data_lack_is_named(tmp_path: Path, site: Path) -> None:
    model = make_model([helper.make_node("Relu", ["z"], ["y"])], [("z", TensorProto.FLOAT, [1])], [("y", TensorProto.FLOAT, [1])])
    onnx.save(model, tmp_path / "other.onnx")
    given = {"model": tmp_path / "other.onnx", "data": site / "data"}
    error = ask(tmp_path / "r", "reference", given, {"split": "validation", "bind": {}}).error
    assert (error["code"], error["message"]) == ("invalid-data", "the data set has no values for the model's input 'z'")


def test_a_damaged_model_is_invalid(tmp_path: Path, site: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(DIGITS.read_bytes()[:40_000])
    given = {"model": tmp_path / "model.onnx", "data": site / "data"}
    error = ask(tmp_path / "r", "reference", given, {"split": "validation", "bind": {}}).error
    assert error["code"] == "invalid-model"
    assert "Protobuf parsing failed" in error["message"]
