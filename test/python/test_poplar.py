"""The poplar worker without the Poplar SDK, which nobody hands out freely.

Three kinds of tests: what it says where there is no PopART; which calls it makes, by a stand-in that keeps to PopART's own
integration tests; and the whole of it with PopART itself, wherever that can be imported.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_prepare import DIGITS, prepare, run
from workspace import CONTAINERS, Ended, run_worker, toolchain

from fettle_worker import OutputSet

STAND_INS = Path(__file__).parent / "stand_ins"
TARGET = {"device": "ipu", "vendor": "graphcore", "architecture": "ipu2", "chips": 1, "host": "x86-64"}


def ask(folder: Path, verb: str, inputs: dict[str, Path], **options: Any) -> Ended:
    request = {"verb": verb, "inputs": {name: str(path) for name, path in inputs.items()}, "options": options, "target": TARGET}
    return run_worker(toolchain("poplar"), folder, request)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The digits model, prepared for PopART."""
    folder = tmp_path_factory.mktemp("digits")
    shutil.copytree(prepare(folder / "p", DIGITS, shapes={"image": [1, 1, 8, 8]}, opset=11, highest=11).out, folder / "prepared")
    return folder / "prepared"


@pytest.fixture(scope="module")
def data(prepared: Path) -> Path:
    options = {"source": "random", "distributions": {}, "calibration": 0, "validation": 3, "seed": 0}
    made = run_worker(
        toolchain("scripts"), prepared.parent / "d", {"verb": "dataset", "inputs": {"model": str(prepared)}, "options": options}
    )
    assert made.code == 0, made.log
    shutil.copytree(made.out, prepared.parent / "data")
    return prepared.parent / "data"


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Puts the stand-in on the workers' import path; gives the file that its calls go to."""
    monkeypatch.setattr("workspace.PROTOCOL", f"{CONTAINERS / 'worker'}:{STAND_INS}")
    monkeypatch.setenv("POPART_CALLS", str(tmp_path / "calls"))
    return tmp_path / "calls"


def names(calls: Path) -> list[str]:
    return [json.loads(line)[0] for line in calls.read_text().splitlines()]


def details(calls: Path, name: str) -> dict[str, Any]:
    found = [json.loads(line) for line in calls.read_text().splitlines()]
    return next(said for call, said in found if call == name)


@pytest.mark.skipif(importlib.util.find_spec("popart") is not None, reason="PopART is here")
@pytest.mark.parametrize("verb", ["probe", "compile"])
def test_without_the_sdk_it_says_what_is_missing_and_how_to_name_it(tmp_path: Path, prepared: Path, verb: str) -> None:
    error = ask(tmp_path, verb, {"model": prepared}).error
    assert error["code"] == "toolchain-error"
    assert "part of Graphcore's Poplar SDK" in error["message"]
    assert "containers.images.poplar" in error["details"]["hint"]


def test_compiling_exports_from_an_offline_device_and_runs_nothing(tmp_path: Path, prepared: Path, calls: Path) -> None:
    ended = ask(tmp_path / "c", "compile", {"model": prepared})
    facts = ended.facts
    assert names(calls) == ["createOfflineIPUDevice", "InferenceSession", "compileAndExport"]
    assert details(calls, "createOfflineIPUDevice") == {"numIPUs": 1, "ipuVersion": "ipu2"}
    session = details(calls, "InferenceSession")
    assert (session["batches"], session["anchors"]) == (1, {"logits": "All"})
    assert session["options"]["enableStochasticRounding"] is False
    assert facts["files"] == ["model.popef", "model.onnx", "program.json"]
    assert sorted(path.name for path in ended.out.iterdir()) == ["model.onnx", "model.popef", "program.json", "signature.json"]
    assert facts["requires"]["device"] == {"device": "ipu", "vendor": "graphcore", "architectures": ["ipu2"], "driver": None}
    assert any("not been verified against the Poplar SDK" in note for note in facts["notes"])


def test_without_an_ipu_the_model_of_one_runs_and_the_executable_is_not_loaded(
    tmp_path: Path, prepared: Path, data: Path, calls: Path
) -> None:
    compiled = ask(tmp_path / "c", "compile", {"model": prepared}).out
    calls.unlink()
    ran = ask(tmp_path / "i", "infer", {"artifact": compiled, "data": data}, split="validation")
    order = ["createIpuModelDevice", "InferenceSession", "prepareDevice", "weightsFromHost", "initAnchorArrays", "run", "run", "run"]
    assert ran.facts["placement"] == {"ipu-model": 1.0}
    assert names(calls) == order
    assert details(calls, "createIpuModelDevice") == {"numIPUs": 1, "tilesPerIPU": 1472, "ipuVersion": "ipu2"}
    assert ran.facts["precisionEvidence"] == "declared"
    assert any("the file itself runs on an IPU only" in note for note in ran.facts["notes"])
    # Each sample has outputs of its own, although PopART writes them all to the same arrays.
    image = np.load(next((data / "validation").rglob("image.npy")))
    for index, outputs in enumerate(OutputSet(ran.out)):
        np.testing.assert_allclose(outputs["logits"], run(compiled / "model.onnx", {"image": image[index]})[0], atol=1e-5)


def test_on_a_leased_ipu_the_exported_executable_is_loaded(
    tmp_path: Path, prepared: Path, data: Path, calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = ask(tmp_path / "c", "compile", {"model": prepared}).out
    calls.unlink()
    monkeypatch.setenv("FETTLE_LEASED_IPU", "0")
    ran = ask(tmp_path / "i", "infer", {"artifact": compiled, "data": data}, split="validation")
    assert ran.facts["placement"] == {"ipu": 1.0}
    assert names(calls)[:4] == ["acquireAvailableDevice", "InferenceSession", "loadExecutable", "prepareDevice"]
    assert details(calls, "loadExecutable") == {"found": True}


def test_what_popart_refuses_is_told_in_its_own_words(tmp_path: Path, prepared: Path, calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POPART_REFUSES", "Abs has invalid number of inputs\n  at op.cpp")
    error = ask(tmp_path, "compile", {"model": prepared}).error
    assert calls.exists()
    assert error["code"] == "toolchain-error"
    assert error["details"]["keyLine"] == "Abs has invalid number of inputs"


def test_an_operator_that_popart_lacks_is_named(tmp_path: Path, prepared: Path, calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, operator in (("ai.onnx.Frobnicate", "Frobnicate"), ("com.example.Frobnicate", "com.example:Frobnicate")):
        said = f"No class for {name}:0"
        monkeypatch.setenv("POPART_REFUSES", said)
        error = ask(tmp_path, "compile", {"model": prepared}).error
        assert calls.exists()
        assert error["code"] == "unsupported-operator"
        assert error["message"] == f"PopART has no implementation of {operator}"
        assert error["details"] == {"node": "", "operator": operator, "keyLine": said}


def test_bytes_that_are_no_model_are_an_invalid_model(tmp_path: Path, prepared: Path, calls: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(prepared, broken)
    (broken / "model.onnx").write_bytes(b"no model at all")
    assert ask(tmp_path / "c", "compile", {"model": broken}).error["code"] == "invalid-model"
    assert calls.exists()


@pytest.mark.parametrize("file", ["model.popef", "model.onnx"])
def test_the_model_of_an_ipu_runs_only_what_was_compiled(tmp_path: Path, prepared: Path, data: Path, calls: Path, file: str) -> None:
    compiled = ask(tmp_path / "c", "compile", {"model": prepared}).out
    changed = compiled / file
    changed.write_bytes(changed.read_bytes()[:-1])
    calls.unlink()
    error = ask(tmp_path / "i", "infer", {"artifact": compiled, "data": data}, split="validation").error
    assert f"{file} of the artifact is not the file that was compiled" in error["message"]
    assert not calls.exists()


def test_a_program_for_the_other_generation_is_refused(tmp_path: Path, prepared: Path, data: Path, calls: Path) -> None:
    compiled = ask(tmp_path / "c", "compile", {"model": prepared}).out
    program = json.loads((compiled / "program.json").read_text())
    (compiled / "program.json").write_text(json.dumps({**program, "ipuVersion": "ipu21"}))
    error = ask(tmp_path / "i", "infer", {"artifact": compiled, "data": data}, split="validation").error
    assert error["message"] == "the program was compiled for ipu21, and it is to run on ipu2"
    (compiled / "program.json").unlink()
    error = ask(tmp_path / "i", "infer", {"artifact": compiled, "data": data}, split="validation").error
    assert error["message"] == "the artifact has no usable program.json"
    assert calls.exists()


@pytest.fixture
def poprt(calls: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The stand-in with the metadata of an installed package, from which the worker reads the version."""
    installed = tmp_path / "installed" / "poprt-0.0.0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: poprt\nVersion: 0.0.0\n")
    monkeypatch.setattr("workspace.PROTOCOL", f"{CONTAINERS / 'worker'}:{STAND_INS}:{installed.parent}")
    return calls


def test_an_image_is_asked_for_either(tmp_path: Path, poprt: Path) -> None:
    assert ask(tmp_path / "both", "probe", {}).facts["versions"] == {"popart": "0.0.0+stand-in", "poprt": "0.0.0"}
    assert not poprt.exists()


@pytest.mark.parametrize(("precision", "name"), [("float32", "fp32"), ("float16", "fp16")])
def test_poprt_converts_compiles_and_exports_without_an_ipu(tmp_path: Path, prepared: Path, poprt: Path, precision: str, name: str) -> None:
    ended = ask(tmp_path / "c", "compile", {"model": prepared}, compiler="poprt", precision=precision)
    assert names(poprt) == ["Converter", "get_pass", "compile_and_export"]
    assert details(poprt, "Converter") == {"convert_version": 11, "precision": name}
    assert details(poprt, "compile_and_export") == {
        "outputs": ["logits"],
        "options": {"num_ipus": 1, "ipu_version": "ipu2", "batches_per_step": 1, "partials_type": "float"},
    }
    assert ended.facts["files"] == ["model.popef", "program.json"]
    assert ended.facts["requires"]["packages"] == {"poprt": "0.0.0"}
    assert ended.facts["declared"]["precision"] == {precision: 1.0}


def test_poprts_program_runs_on_a_leased_ipu_in_its_own_types(
    tmp_path: Path, prepared: Path, data: Path, poprt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"compiler": "poprt", "precision": "float16"}
    compiled = ask(tmp_path / "c", "compile", {"model": prepared}, **options).out
    poprt.unlink()
    monkeypatch.setenv("FETTLE_LEASED_IPU", "0")
    ran = ask(tmp_path / "i", "infer", {"artifact": compiled, "data": data}, split="validation", **options)
    assert names(poprt) == ["Runner", "execute", "execute", "execute"]
    assert details(poprt, "execute") == {"dtypes": {"image": "float16"}}
    assert ran.facts["placement"] == {"ipu": 1.0}
    assert ran.facts["executedPrecision"] == {"float16": {"ops": 1.0, "time": None}}
    image = np.load(next((data / "validation").rglob("image.npy")))
    for index, outputs in enumerate(OutputSet(ran.out)):
        assert outputs["logits"].dtype == np.float32
        np.testing.assert_allclose(outputs["logits"], run(prepared / "model.onnx", {"image": image[index]})[0], rtol=1e-2, atol=1e-2)


def test_poprt_runs_nowhere_but_on_an_ipu(tmp_path: Path, prepared: Path, data: Path, poprt: Path) -> None:
    compiled = ask(tmp_path / "c", "compile", {"model": prepared}, compiler="poprt").out
    error = ask(tmp_path / "i", "infer", {"artifact": compiled, "data": data}, split="validation", compiler="poprt").error
    assert "on an IPU only" in error["message"]


def test_what_poprt_refuses_is_told_in_its_own_words(tmp_path: Path, prepared: Path, poprt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POPRT_REFUSES", "Unsupported op Frobnicate\n  in shape inference")
    error = ask(tmp_path, "compile", {"model": prepared}, compiler="poprt").error
    assert error["message"] == "PopRT cannot convert the model: Unsupported op Frobnicate"
    assert poprt.exists()


@pytest.mark.skipif(importlib.util.find_spec("poprt") is not None, reason="PopRT is here")
def test_without_poprt_it_says_so(tmp_path: Path, prepared: Path) -> None:
    error = ask(tmp_path, "compile", {"model": prepared}, compiler="poprt").error
    assert "PopRT cannot be imported here" in error["message"]
    assert "leave `compiler: poprt` out" in error["details"]["hint"]


@pytest.mark.parametrize("file", sorted((CONTAINERS / "poplar").glob("*.py")), ids=lambda path: str(path.name))
def test_the_worker_is_python_3_8(file: Path) -> None:
    """The SDK's images have no newer one. `from __future__ import annotations` keeps newer types out of what is evaluated."""
    ast.parse(file.read_text(), feature_version=(3, 8))
    assert "from __future__ import annotations" in file.read_text()


@pytest.mark.skipif(
    importlib.util.find_spec("popart") is None, reason="the Poplar SDK is not installed: the worker stays unverified against it"
)
def test_with_the_sdk_the_ipu_model_computes_what_onnx_runtime_does(tmp_path: Path, prepared: Path, data: Path) -> None:
    compiled = ask(tmp_path / "c", "compile", {"model": prepared}).out
    assert (compiled / "model.popef").stat().st_size > 0
    ran = ask(tmp_path / "i", "infer", {"artifact": compiled, "data": data}, split="validation")
    image = np.load(next((data / "validation").rglob("image.npy")))
    for index, outputs in enumerate(OutputSet(ran.out)):
        np.testing.assert_allclose(outputs["logits"], run(prepared / "model.onnx", {"image": image[index]})[0], rtol=1e-4, atol=1e-4)
