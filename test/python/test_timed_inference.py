"""What `measure` times, for runtimes that keep their data apart from numpy's: from arrays in the host's memory to arrays there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from workspace import CONTAINERS, REPOSITORY, run_worker

STAND_INS = REPOSITORY / "test/python/stand_ins/spoiling_runtimes"
SAMPLES = 4
#: One whose device is a CPU.
MODULE = REPOSITORY / "test/fixtures/iree/x86-64-v3.vmfb"

#: The toolchain's own way of loading, without its compiler.
WORKER = """
from fettle_worker import main
from running import load_inferences

main({}, measure=load_inferences)
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    np.save(folder / "x.npy", np.repeat(np.arange(SAMPLES, dtype=np.float32), 8).reshape(SAMPLES, 8))
    shard = {"samples": SAMPLES, "inputs": {"x": "x.npy"}, "labels": {}}
    split = {"samples": SAMPLES, "shards": [shard]}
    (folder / "dataset.json").write_text(json.dumps({"format": "fettle.dataset/1", "splits": {"validation": split}}))
    return folder


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    """An artifact of either toolchain."""
    folder = tmp_path / "artifact"
    folder.mkdir()
    edge = {"dtype": "float32", "shape": [8]}
    (folder / "signature.json").write_text(json.dumps({"inputs": [{"name": "x", **edge}], "outputs": [{"name": "y", **edge}]}))
    shutil.copy(MODULE, folder / "model.vmfb")
    return folder


@pytest.mark.parametrize("name", ["iree", "tvm"])
def test_each_timed_inference_puts_its_inputs_in_and_takes_its_outputs_out(
    name: str, artifact: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text(WORKER)
    monkeypatch.setattr("workspace.PROTOCOL", f"{CONTAINERS / 'worker'}:{CONTAINERS / name}:{STAND_INS}")
    request = {"verb": "measure", "inputs": {"artifact": str(artifact), "data": str(data)}, "options": {"split": "validation"}}
    ended = run_worker(worker, tmp_path / "w", request, '{"run": 6}\n')
    assert [len(answer.get("wall_ns", [])) for answer in ended.answers] == [0, 6], ended.log
    assert ended.log.splitlines() == [line for sample in (0, 1, 2, 3, 0, 1) for line in (f"ran on {sample}", "read the output")]
