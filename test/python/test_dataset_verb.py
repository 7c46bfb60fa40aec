"""Data sets made by the scripts worker: from a user's script, from files, at random; and what a user is told of bad ones."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from workspace import Ended, run_worker, toolchain

from fettle_worker import AxisRange, Signature, TensorSignature, read_split, write_json

IMAGE = TensorSignature("image", "float32", (1, 2, 2))
TOKENS = TensorSignature("tokens", "int64", (1, 3))


def make(tmp_path: Path, inputs: tuple[TensorSignature, ...], options: dict[str, Any], **folders: Path) -> Ended:
    model = tmp_path / "model"
    model.mkdir(parents=True, exist_ok=True)
    Signature(inputs, (TensorSignature("y", "float32", (1, 2)),)).write(model)
    write_json(model / "metadata.json", {"character": "abc"})
    options = {"calibration": 2, "validation": 3, "seed": 7, **options}
    request = {
        "verb": "dataset",
        "inputs": {"model": str(model), **{name: str(path) for name, path in folders.items()}},
        "options": options,
    }
    return run_worker(toolchain("scripts"), tmp_path / "workspace", request)


def make_by_script(tmp_path: Path, body: str, inputs: tuple[TensorSignature, ...] = (IMAGE,), **options: Any) -> Ended:
    folder = tmp_path / "script"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "data.py").write_text("import numpy as np\n" + textwrap.dedent(body).strip())
    return make(tmp_path, inputs, {"source": "script", "script": "data.py", **options}, script=folder)


GOOD = """
    def samples(request):
        generator = np.random.default_rng(request.seed)
        while True:
            yield {"image": generator.random((1, 2, 2), np.float32)}, {"split": request.split, "known": request.metadata["character"]}
"""


def test_a_script_gives_as_many_samples_as_are_asked_for(tmp_path: Path) -> None:
    ended = make_by_script(tmp_path, GOOD)
    assert ended.facts == {"notes": []}
    calibration, validation = (list(read_split(ended.out, split)) for split in ("calibration", "validation"))
    assert (len(calibration), len(validation)) == (2, 3)
    assert (str(validation[2].labels["split"]), str(validation[2].labels["known"])) == ("validation", "abc")
    assert calibration[0].inputs["image"].dtype == np.float32
    assert not np.array_equal(calibration[0].inputs["image"], validation[0].inputs["image"])


def test_equal_requests_give_equal_bytes_and_another_seed_others(tmp_path: Path) -> None:
    def contents(name: str, seed: int) -> dict[str, bytes]:
        out = make_by_script(tmp_path / name, GOOD, seed=seed).out
        return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}

    first = contents("a", 7)
    assert first == contents("b", 7)
    assert first != contents("c", 8)


def test_shards_end_where_a_label_changes_its_shape_but_not_for_longer_texts(tmp_path: Path) -> None:
    body = """
        def samples(request):
            for index in range(6):
                image = np.full((1, 2, 2), index + 10 * (request.split == "validation"), np.float32)
                yield {"image": image}, {"text": "x" * (index + 1), "boxes": np.zeros((1 if index < 4 else 2, 4))}
    """
    ended = make_by_script(tmp_path, body, validation=6)
    split = read_split(ended.out, "validation")
    assert split.shard_sizes == [4, 2]
    assert [len(str(sample.labels["text"])) for sample in split] == [1, 2, 3, 4, 5, 6]


FIRST_AXIS = "the first axis is part of the input: give array[numpy.newaxis]"
SAMPLE_FAULTS = {
    "np.zeros((1, 2, 3), np.float32)": "input 'image' is [1, 2, 2], not [1, 2, 3]",
    "np.zeros((2, 2), np.float32)": f"input 'image' is [1, 2, 2], not [2, 2]; {FIRST_AXIS}",
    "np.full((1, 2, 2), np.nan)": "input 'image' has 4 of 4 values that are NaN or infinite",
    "np.array([[[1, 2], [np.inf, 4]]], np.float32)": "input 'image' has 1 of 4 values that are NaN or infinite",
    "np.full((1, 2, 2), 1e300)": "input 'image' is float32; casting from float64 would change values",
    "np.array([[['a', 'b'], ['c', 'd']]])": "input 'image' is float32; <U1 cannot be cast to it",
    "np.zeros((1, 2, 2), bool)": "input 'image' is float32; bool cannot be cast to it",
}


@pytest.mark.parametrize("array", SAMPLE_FAULTS)
def test_a_sample_that_does_not_fit_is_invalid_data(tmp_path: Path, array: str) -> None:
    error = make_by_script(tmp_path, f"def samples(request):\n    yield {{'image': {array}}}").error
    assert error["code"] == "invalid-data"
    assert error["message"] == f"data.py, calibration sample 0: {SAMPLE_FAULTS[array]}"


def test_unknown_and_missing_inputs_are_named(tmp_path: Path) -> None:
    unknown = make_by_script(tmp_path, "def samples(request):\n    yield {'imgae': np.zeros((1, 2, 2))}").error
    assert unknown["message"] == "data.py, calibration sample 0: the model has no input 'imgae'; its inputs are 'image'"
    missing = make_by_script(tmp_path, "def samples(request):\n    yield {'image': np.zeros((1, 2, 2))}", (IMAGE, TOKENS)).error
    assert missing["message"] == "data.py, calibration sample 0: the model's input 'tokens' is missing"


def test_safe_casts_are_made_and_told(tmp_path: Path) -> None:
    body = """
        def samples(request):
            generator = np.random.default_rng(request.seed)
            while True:
                yield {"image": generator.random((1, 2, 2)), "tokens": generator.integers(0, 9, (1, 3), np.int32)}
    """
    ended = make_by_script(tmp_path, body, (IMAGE, TOKENS))
    assert ended.facts["notes"] == ["input 'image': float64 was cast to float32", "input 'tokens': int32 was cast to int64"]
    assert next(iter(read_split(ended.out, "validation"))).inputs["tokens"].dtype == np.int64


def test_a_cast_that_changes_values_is_refused(tmp_path: Path) -> None:
    small = (TensorSignature("tokens", "int8", (1, 3)),)
    error = make_by_script(tmp_path, "def samples(request):\n    yield {'tokens': [[1, 2, 300]]}", small).error
    assert "input 'tokens' is int8; casting from int64 would change values" in error["message"]


FIRST = "data.py, calibration sample 0"
SCRIPT_FAULTS = {
    "def samples(request):\n    yield 1 / 0": "data.py:3: ZeroDivisionError: division by zero",
    "def samples(request):\n    return np.zeros(request.cuont)": "data.py:3: AttributeError: 'DataRequest' object has no attribute 'cuont'",
    "import torch": "data.py:2: ModuleNotFoundError: No module named 'torch'",
    "def samples(request)\n    pass": "data.py:2: SyntaxError: expected ':'",
    "def sample(request):\n    yield {}": "data.py defines no function samples()",
    "def samples(request):\n    yield np.zeros(3)": f"{FIRST}: the inputs must be a dict of arrays by name, not ndarray",
    "def samples(request):\n    raise SystemExit(4)": "data.py:3: SystemExit: 4",
}


@pytest.mark.parametrize("body", SCRIPT_FAULTS)
def test_a_fault_of_the_script_names_its_file_and_line(tmp_path: Path, body: str) -> None:
    error = make_by_script(tmp_path, body).error
    assert (error["code"], error["message"]) == ("script-error", SCRIPT_FAULTS[body])


def test_a_fault_below_the_script_is_blamed_on_the_script_s_own_line(tmp_path: Path) -> None:
    error = make_by_script(tmp_path, "def samples(request):\n    np.load('missing.npy')\n    yield {}").error
    assert error["message"].startswith("data.py:3: FileNotFoundError")


def test_no_samples_are_invalid_data_and_too_few_are_told(tmp_path: Path) -> None:
    error = make_by_script(tmp_path, "def samples(request):\n    return []").error
    assert (error["code"], error["message"]) == ("invalid-data", "the data source gave no calibration samples")
    body = "def samples(request):\n    yield {'image': np.full((1, 2, 2), request.seed % 1000, np.float32)}"
    ended = make_by_script(tmp_path, body)
    assert ended.facts["notes"] == [
        "data.py gave 1 of the 2 calibration samples asked for.",
        "data.py gave 1 of the 3 validation samples asked for.",
    ]


def test_calibrating_on_the_validation_data_is_refused(tmp_path: Path) -> None:
    body = "def samples(request):\n    for index in range(9):\n        yield {'image': np.full((1, 2, 2), index, np.float32)}"
    error = make_by_script(tmp_path, body).error
    assert error["code"] == "invalid-data"
    assert error["message"].startswith("every calibration sample is also a validation sample")


def test_a_script_may_have_neighbours_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "script"
    folder.mkdir()
    (folder / "sources.py").write_text("SIZE = (1, 2, 2)")
    (folder / "worker.py").write_text("SCALE = 2")
    body = """
        from sources import SIZE
        from worker import SCALE
        def samples(request):
            generator = np.random.default_rng(request.seed)
            while True:
                yield {"image": SCALE * generator.random(SIZE, np.float32)}
    """
    assert make_by_script(tmp_path, body).code == 0


def test_random_data_follow_their_distributions(tmp_path: Path) -> None:
    distributions = {"image": {"kind": "uniform", "low": 5, "high": 6}, "tokens": {"kind": "integers", "low": 3, "high": 5}}
    ended = make(tmp_path, (IMAGE, TOKENS), {"source": "random", "distributions": distributions, "validation": 100})
    samples = list(read_split(ended.out, "validation"))
    assert ended.facts == {"notes": []}
    assert read_split(ended.out, "validation").shard_sizes == [64, 36]
    assert {int(token) for sample in samples for token in sample.inputs["tokens"].flat} == {3, 4}
    assert all(((sample.inputs["image"] >= 5) & (sample.inputs["image"] <= 6)).all() for sample in samples)


def test_another_input_does_not_change_what_an_input_is_given(tmp_path: Path) -> None:
    options = {"source": "random", "distributions": {}}
    alone, both = (make(tmp_path / name, inputs, options) for name, inputs in (("alone", (IMAGE,)), ("both", (TOKENS, IMAGE))))
    for one, other in zip(read_split(alone.out, "validation"), read_split(both.out, "validation"), strict=True):
        np.testing.assert_array_equal(one.inputs["image"], other.inputs["image"])
    assert len(both.facts["notes"]) == 2


def test_a_distribution_that_does_not_fit_is_invalid_data(tmp_path: Path) -> None:
    distributions = {"image": {"kind": "integers", "low": 0, "high": 3}}
    error = make(tmp_path, (IMAGE,), {"source": "random", "distributions": distributions}).error
    assert error["message"] == "input 'image' is float32: a distribution of kind integers does not fit it"


def make_from_files(tmp_path: Path, inputs: tuple[TensorSignature, ...] = (IMAGE,), **options: Any) -> Ended:
    files = {"calibration": ["calibration.npz"], "validation": sorted(path.name for path in tmp_path.glob("files/v*"))}
    return make(
        tmp_path, inputs, {"source": "files", "files": files, "calibration": None, "validation": None, **options}, files=tmp_path / "files"
    )


def images(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random((count, 1, 2, 2), np.float32)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    np.savez(folder / "calibration.npz", image=images(2, 0))
    return folder


def test_files_hold_one_sample_or_many_and_labels(tmp_path: Path, files: Path) -> None:
    many, one = images(3, 1), images(1, 2)[0]
    np.savez_compressed(files / "v1.npz", image=many, label_image=np.arange(3), weight=np.ones(3))
    np.savez(files / "v2.npz", image=one, label_image=9, weight=0.5)
    ended = make_from_files(tmp_path)
    samples = list(read_split(ended.out, "validation"))
    np.testing.assert_array_equal(np.stack([sample.inputs["image"] for sample in samples]), np.concatenate([many, one[np.newaxis]]))
    assert [int(sample.labels["image"]) for sample in samples] == [0, 1, 2, 9]
    assert [float(sample.labels["weight"]) for sample in samples] == [1, 1, 1, 0.5]


def test_npy_files_and_fortran_order_do_as_well(tmp_path: Path, files: Path) -> None:
    values = images(4, 3)
    np.save(files / "v1.npy", np.asfortranarray(values))
    np.savez(files / "v2.npz", image=np.asfortranarray(values + 1))
    ended = make_from_files(tmp_path, validation=6)
    stored = np.stack([sample.inputs["image"] for sample in read_split(ended.out, "validation")])
    np.testing.assert_array_equal(stored, np.concatenate([values, values + 1])[:6])


def test_files_that_do_not_fit_are_invalid_data(tmp_path: Path, files: Path) -> None:
    faults = {
        "has no array for the model's input 'image'; it has ['picture']": {"picture": images(1, 0)},
        "the file has [2, 2]": {"image": np.zeros((2, 2), np.float32)},
        "label 'digit' is [3] for 2 samples": {"image": images(2, 1), "digit": np.zeros(3)},
        "holds Python objects": {"image": np.array([[[{}]]], dtype=object)},
        "sample 1: input 'image' has 4 of 4 values that are NaN": {"image": images(2, 1) * np.array([1, np.nan]).reshape(2, 1, 1, 1)},
    }
    for fault, arrays in faults.items():
        np.savez(files / "v1.npz", **arrays)
        error = make_from_files(tmp_path).error
        assert error["code"] == "invalid-data"
        assert fault in error["message"]


def test_damaged_files_are_invalid_data(tmp_path: Path, files: Path) -> None:
    (files / "v1.npz").write_bytes(b"not a zip")
    assert "v1.npz cannot be read" in make_from_files(tmp_path).error["message"]
    (files / "v1.npz").unlink()
    np.save(files / "v1.npy", images(3, 1))
    whole = (files / "v1.npy").read_bytes()
    (files / "v1.npy").write_bytes(whole[:-5])
    assert "v1.npy is shorter than its header says" in make_from_files(tmp_path).error["message"]


def test_an_npy_file_needs_a_model_of_one_input(tmp_path: Path, files: Path) -> None:
    np.savez(files / "calibration.npz", image=images(2, 0), tokens=np.zeros((2, 1, 3), np.int64))
    np.save(files / "v1.npy", images(3, 1))
    assert "an .npy file fits models of one input; this one has 2" in make_from_files(tmp_path, (IMAGE, TOKENS)).error["message"]


H, W = AxisRange(1, "h", 1, 2, 3), AxisRange(2, "w", 10, 20, 30)
OPEN = (
    TensorSignature("image", "float32", (1, -1, -1), (H, W)),
    TensorSignature("mask", "float32", (-1,), (AxisRange(0, "w", 10, 20, 30),)),
)
SMALL, BEST, GREATEST = (1, 10), (2, 20), (3, 30)


def test_ranges_are_drawn_at_their_ends_and_at_the_best_size_in_turn_then_mixed(tmp_path: Path) -> None:
    ended = make(tmp_path, OPEN, {"source": "random", "distributions": {}, "validation": 9})
    samples = list(read_split(ended.out, "validation"))
    sizes = [sample.inputs["image"].shape[1:] for sample in samples]
    assert sizes[:3] == [SMALL, BEST, GREATEST]
    assert set(sizes) == {(height, width) for height in (1, 2, 3) for width in (10, 20, 30)}
    assert [sample.inputs["mask"].shape[0] for sample in samples] == [width for _, width in sizes]


def test_ranges_of_dimensions_without_a_name_are_drawn_alike_where_they_are_equal(tmp_path: Path) -> None:
    text = TensorSignature("text", "float32", (1, -1), (AxisRange(1, "text_1", 1, 4, 8),))
    mask = TensorSignature("mask", "float32", (1, -1), (AxisRange(1, "mask_1", 1, 4, 8),))
    other = TensorSignature("other", "float32", (-1,), (AxisRange(0, "other_0", 2, 4, 8),))
    ended = make(tmp_path, (text, mask, other), {"source": "random", "distributions": {}, "validation": 9})
    samples = [sample.inputs for sample in read_split(ended.out, "validation")]
    assert all(sample["text"].shape == sample["mask"].shape for sample in samples)
    assert len({(sample["text"].shape, sample["other"].shape) for sample in samples}) == 9


@pytest.mark.parametrize(
    ("image", "mask", "fault"),
    [
        ((1, 2, 31), (30,), "input 'image' is [1, 1..3, 10..30], not [1, 2, 31]"),
        ((1, 2, 9), (10,), "input 'image' is [1, 1..3, 10..30], not [1, 2, 9]"),
        ((1, 2, 12), (13,), "axis 0 of 'mask' is 13 and axis 2 of 'image' is 12; the model calls both 'w'"),
    ],
)
def test_a_sample_outside_its_range_or_of_two_sizes_for_one_name(
    tmp_path: Path, image: tuple[int, ...], mask: tuple[int, ...], fault: str
) -> None:
    body = f"""
    def samples(request):
        yield {{"image": np.ones({image}, np.float32), "mask": np.ones({mask}, np.float32)}}
    """
    error = make_by_script(tmp_path, body, OPEN).error
    assert error["code"] == "invalid-data"
    assert error["message"].startswith("data.py, calibration sample 0: ")
    assert fault in error["message"]


def test_samples_of_any_size_within_the_range_are_kept_as_they_are(tmp_path: Path) -> None:
    body = """
    def samples(request):
        for width in (30, 10, 17):
            yield {"image": np.full((1, 2, width), len(request.split), np.float32), "mask": np.ones(width, np.float32)}
    """
    ended = make_by_script(tmp_path, body, OPEN)
    assert [sample.inputs["image"].shape for sample in read_split(ended.out, "validation")] == [(1, 2, 30), (1, 2, 10), (1, 2, 17)]
