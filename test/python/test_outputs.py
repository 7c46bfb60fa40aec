"""The writer of output sets, and the .npy files it streams."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from fettle_worker import NpyWriter, OutputSet, OutputWriter


def write(folder: Path, samples: list[list[Any]], shard_sizes: list[int]) -> dict[str, Any]:
    names = [f"out/{number}" for number in range(len(samples[0]))]
    with OutputWriter(folder, names, shard_sizes) as writer:
        for sample in samples:
            writer.add([np.asarray(value) for value in sample])
    document: dict[str, Any] = json.loads((folder / "outputs.json").read_text())
    return document


def test_shards_cut_the_samples_as_the_data_set_does(tmp_path: Path) -> None:
    samples = [[np.full((1, 2), index, np.float32), np.int64(index)] for index in range(5)]
    document = write(tmp_path, samples, [2, 3])
    assert document["format"] == "fettle.outputs/1"
    assert (document["samples"], document["outputs"]) == (5, ["out/0", "out/1"])
    assert [shard["samples"] for shard in document["shards"]] == [2, 3]
    second = np.load(tmp_path / document["shards"][1]["files"]["out/0"])
    np.testing.assert_array_equal(second, np.array([[[2, 2]], [[3, 3]], [[4, 4]]], np.float32))
    assert np.load(tmp_path / document["shards"][0]["files"]["out/1"]).shape == (2,)


def test_a_shard_also_ends_where_a_shape_or_type_changes(tmp_path: Path) -> None:
    one, two = np.zeros((1, 3), np.float32), np.zeros((2, 3), np.float32)
    document = write(tmp_path, [[one], [two], [two], [two.astype(np.float64)], [one]], [4, 1])
    assert [shard["samples"] for shard in document["shards"]] == [1, 2, 1, 1]
    assert [sample["out/0"].shape for sample in OutputSet(tmp_path)] == [(1, 3), (2, 3), (2, 3), (2, 3), (1, 3)]


def test_nothing_looks_complete_after_an_exception(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), OutputWriter(tmp_path, ["y"], [2]) as writer:
        writer.add([np.zeros(2, np.float32)])
        raise RuntimeError
    assert not (tmp_path / "outputs.json").exists()


def test_types_that_npy_cannot_carry_become_float32_and_are_told_once(tmp_path: Path) -> None:
    values = np.array([1.5, -2.0, 0.0078125])
    with OutputWriter(tmp_path, ["y", "z"], [2]) as writer:
        for _ in range(2):
            writer.add([values.astype(ml_dtypes.bfloat16), values.astype(ml_dtypes.float8_e4m3fn)])
    assert writer.notes == [
        "y: bfloat16 is converted to float32 at the model's edge",
        "z: float8_e4m3fn is converted to float32 at the model's edge",
    ]
    for sample in OutputSet(tmp_path):
        np.testing.assert_array_equal(sample["y"], values.astype(np.float32))
        assert sample["z"].dtype == np.float32


def test_big_endian_and_fortran_order_arrays_are_stored_plainly(tmp_path: Path) -> None:
    value = np.asfortranarray(np.arange(6, dtype=">f4").reshape(2, 3))
    document = write(tmp_path, [[value]], [1])
    stored = np.load(tmp_path / document["shards"][0]["files"]["out/0"])
    assert stored.dtype.str == "<f4"
    np.testing.assert_array_equal(stored[0], [[0, 1, 2], [3, 4, 5]])


@pytest.mark.parametrize("rows", [0, 1, 9, 10, 1000])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (1, 3, 48, 320)[:2]])
def test_an_npy_file_reads_back_whatever_its_row_count(tmp_path: Path, rows: int, shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(rows).standard_normal((rows, *shape))
    with NpyWriter(tmp_path / "a.npy", values.dtype, shape) as writer:
        for row in values:
            writer.append(np.asarray(row))
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), values)
    assert ((tmp_path / "a.npy").stat().st_size - values.nbytes) % 64 == 0


def test_a_row_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with NpyWriter(tmp_path / "a.npy", np.dtype("<f4"), (2,)) as writer:
        with pytest.raises(ValueError, match="does not fit"):
            writer.append(np.zeros(3, np.float32))
        with pytest.raises(ValueError, match="does not fit"):
            writer.append(np.zeros(2, np.float64))
