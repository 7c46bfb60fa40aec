"""The tensorrt worker where TensorRT is not, or is another one. Over a real API it is driven by test/toolchains/tensorrt.test.ts."""

from __future__ import annotations

from pathlib import Path

import pytest
from workspace import CONTAINERS, run_worker, toolchain

COMMON = CONTAINERS / "tensorrt-common"


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the worker's import path."""
    folder = tmp_path / "modules"
    folder.mkdir()
    monkeypatch.setattr("workspace.PROTOCOL", f"{CONTAINERS / 'worker'}:{COMMON}:{folder}")
    return folder


@pytest.mark.parametrize("verb", ["probe", "compile", "infer", "capability"])
def test_without_tensorrt_it_says_what_the_image_must_hold(tmp_path: Path, modules: Path, verb: str) -> None:
    error = run_worker(toolchain("tensorrt"), tmp_path / "w", {"verb": verb}).error
    assert error["code"] == "toolchain-error"
    assert "No module named 'tensorrt'" in error["message"]
    assert "containers.images.tensorrt" in error["details"]["hint"]


def test_tensorrt_10_is_refused_by_its_version(tmp_path: Path, modules: Path) -> None:
    (modules / "tensorrt.py").write_text('__version__ = "10.16.0.12"\n')
    error = run_worker(toolchain("tensorrt"), tmp_path / "w", {"verb": "probe"}).error
    assert error["message"].startswith("this is TensorRT 10.16.0.12, and this toolchain is for 11")
