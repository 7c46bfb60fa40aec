"""Ranges of sizes in signatures, and samples of one size out of a data set of several."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from workspace import run_worker

from fettle_worker import AxisRange, Signature, TensorSignature, WorkerError, read_split

WIDE = TensorSignature("x", "float32", (1, -1, 3, -1), (AxisRange(1, "h", 2, 4, 8), AxisRange(3, "w", 10, 20, 30)))


def test_a_signature_is_read_as_it_was_written(tmp_path: Path) -> None:
    plain = TensorSignature("y", "int64", (1, -1))
    Signature((WIDE,), (plain,)).write(tmp_path)
    assert Signature.read(tmp_path) == Signature((WIDE,), (plain,))
    document = json.loads((tmp_path / "signature.json").read_text())
    assert document["inputs"][0]["ranges"][1] == {"axis": 3, "name": "w", "min": 10, "opt": 20, "max": 30}
    assert "ranges" not in document["outputs"][0]


@pytest.mark.parametrize(
    ("shape", "fits"),
    [
        ((1, 2, 3, 10), True),
        ((1, 8, 3, 30), True),
        ((1, 1, 3, 10), False),
        ((1, 2, 3, 31), False),
        ((1, 2, 4, 10), False),
        ((1, 2, 3), False),
    ],
)
def test_a_sample_fits_within_the_ranges_alone(shape: tuple[int, ...], fits: bool) -> None:
    assert WIDE.fits(shape) is fits


def test_the_shapes_at_the_ends_and_at_the_best_sizes() -> None:
    assert WIDE.profile() == ((1, 2, 3, 10), (1, 4, 3, 20), (1, 8, 3, 30))
    assert WIDE.show_shape() == "[1, 2..8, 3, 10..30]"


def write_widths(folder: Path, widths: list[int]) -> None:
    shards = []
    for number, width in enumerate(widths):
        np.save(folder / f"{number}.npy", np.full((2, 1, width), number, np.float32))
        shards.append({"samples": 2, "inputs": {"x": f"{number}.npy"}, "labels": {}})
    split = {"samples": 2 * len(widths), "shards": shards}
    (folder / "dataset.json").write_text(json.dumps({"format": "fettle.dataset/1", "splits": {"validation": split}}))


def test_samples_of_one_shape_out_of_several(tmp_path: Path) -> None:
    write_widths(tmp_path, [4, 6, 4, 9])
    kept = read_split(tmp_path, "validation").of_shapes({"x": (1, 4)})
    assert (kept.samples, [float(sample.inputs["x"][0, 0]) for sample in kept]) == (4, [0, 0, 2, 2])
    with pytest.raises(WorkerError, match=r"no validation sample has the size that is asked for: x \[1, 5\]"):
        read_split(tmp_path, "validation").of_shapes({"x": (1, 5)})


MEASURED = """
from fettle_worker import main, open_split

def load(request):
    return [(lambda sample=sample: print(sample.inputs["x"].shape)) for sample in open_split(request).head()]

main({}, measure=load)
"""


def test_a_measurement_is_given_samples_of_the_shapes_it_asks_for(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    write_widths(tmp_path / "data", [4, 6, 4])
    worker = tmp_path / "worker.py"
    worker.write_text(MEASURED)
    request = {
        "verb": "measure",
        "inputs": {"data": str(tmp_path / "data")},
        "options": {"split": "validation", "sampleShapes": {"x": [1, 6]}},
    }
    ended = run_worker(worker, tmp_path / "w", request, '{"run": 3}\n{"stop": true}\n')
    assert (ended.code, ended.log.split("\n")[:3]) == (0, ["(1, 6)"] * 3)
    del request["options"]["sampleShapes"]["x"][1]  # type: ignore[index]
    assert run_worker(worker, tmp_path / "w", request).error["code"] == "invalid-data"
