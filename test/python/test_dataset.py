"""The reader of data sets."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from fettle_worker import WorkerError, read_split


def write_dataset(folder: Path, sizes: list[int], extra: int = 0) -> np.ndarray:
    """Shards of these sizes with an input of shape [1, 3] and a text label; `extra` rows more than the file says."""
    values = np.arange(sum(sizes) * 3, dtype=np.float32).reshape(-1, 1, 3)
    shards, start = [], 0
    for number, size in enumerate(sizes):
        rows = values[start : start + size + extra]
        np.save(folder / f"x{number}.npy", rows)
        np.save(folder / f"t{number}.npy", np.array([f"line {start + row}" for row in range(size + extra)]))
        shards.append({"samples": size, "inputs": {"x": f"x{number}.npy"}, "labels": {"text": f"t{number}.npy"}})
        start += size
    splits = {"calibration": {"samples": 0, "shards": []}, "validation": {"samples": sum(sizes), "shards": shards}}
    (folder / "dataset.json").write_text(json.dumps({"format": "fettle.dataset/1", "splits": splits}))
    return values


def test_samples_come_in_order_across_shards(tmp_path: Path) -> None:
    values = write_dataset(tmp_path, [2, 3, 1])
    split = read_split(tmp_path, "validation")
    samples = list(split)
    assert (split.samples, split.shard_sizes) == (6, [2, 3, 1])
    assert [sample.index for sample in samples] == list(range(6))
    assert [str(sample.labels["text"]) for sample in samples] == [f"line {index}" for index in range(6)]
    for sample, value in zip(samples, values, strict=True):
        np.testing.assert_array_equal(sample.inputs["x"], value)
        assert sample.inputs["x"].flags.writeable
        assert sample.inputs["x"].flags.c_contiguous


def test_head_is_bounded_in_samples_and_bytes(tmp_path: Path) -> None:
    write_dataset(tmp_path, [20])
    split = read_split(tmp_path, "validation")
    assert len(split.head()) == 8
    assert len(split.head(samples=3)) == 3
    assert len(split.head(nbytes=30)) == 2  # 12 bytes each
    assert len(split.head(nbytes=1)) == 1  # never none


@pytest.mark.parametrize("split", ["calibration", "test"])
def test_an_empty_or_absent_split_is_invalid_data(tmp_path: Path, split: str) -> None:
    write_dataset(tmp_path, [2])
    with pytest.raises(WorkerError, match=f"no samples in its {split} split") as caught:
        read_split(tmp_path, split)
    assert caught.value.code == "invalid-data"


def test_a_shard_of_another_length_is_invalid_data(tmp_path: Path) -> None:
    write_dataset(tmp_path, [2, 2], extra=1)
    with pytest.raises(WorkerError, match=r"shard of 2 samples holds an array of shape \[3, 1, 3\]"):
        list(read_split(tmp_path, "validation"))


def test_pickled_objects_are_not_loaded(tmp_path: Path) -> None:
    write_dataset(tmp_path, [1])
    np.save(tmp_path / "x0.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle"):
        list(read_split(tmp_path, "validation"))


def test_arrays_of_no_elements_can_be_read(tmp_path: Path) -> None:
    write_dataset(tmp_path, [2])
    np.save(tmp_path / "x0.npy", np.zeros((2, 0, 4), np.float32))
    assert [sample.inputs["x"].shape for sample in read_split(tmp_path, "validation")] == [(0, 4), (0, 4)]
