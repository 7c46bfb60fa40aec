"""Falling back from optimisation levels that fail, whether by an exception or by a crash."""

from __future__ import annotations

import importlib.util
import os
import signal
from collections.abc import Callable
from types import ModuleType

import pytest
from workspace import CONTAINERS

from fettle_worker import WorkerError


@pytest.fixture(scope="module")
def levels() -> ModuleType:
    """containers/onnxruntime/levels.py, loaded by its path: the workers' modules are no package."""
    spec = importlib.util.spec_from_file_location("levels", CONTAINERS / "onnxruntime" / "levels.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def loading(crashing: str = "", raising: str = "", error: Exception | None = None) -> Callable[[str], None]:
    def load(level: str) -> None:
        if level in crashing.split():
            os.kill(os.getpid(), signal.SIGSEGV)
        if level in raising.split():
            raise error or RuntimeError("Slice node ... Starts must be a 1-D array\nand more")

    return load


def test_a_level_that_works_is_taken_without_a_word(levels: ModuleType) -> None:
    assert levels.find_level("extended", loading(), "load it") == ("extended", [])


def test_exceptions_and_crashes_step_down_and_are_told(levels: ModuleType) -> None:
    level, notes = levels.find_level("all", loading(crashing="all", raising="extended"), "load it")
    assert level == "basic"
    assert notes == [
        "ONNX Runtime's optimiser fails on this model at level 'all' (it crashes with SIGSEGV).",
        "ONNX Runtime's optimiser fails on this model at level 'extended' (Slice node ... Starts must be a 1-D array).",
    ]


class NotImplemented_(Exception):  # noqa: N801, N818 - stands for an exception of onnxruntime, which is told by its name
    pass


NotImplemented_.__name__ = "NotImplemented"


@pytest.mark.parametrize(
    ("error", "code", "node"),
    [
        (RuntimeError("broken"), "toolchain-error", None),
        (NotImplemented_("Could not find an implementation for LSTM(14) node with name 'rnn'"), "unsupported-operator", ("rnn", "LSTM")),
        (NotImplemented_("no such type"), "unsupported-model", None),
        (RuntimeError("Fatal error: com.acme:Frob(-1) is not a registered function/op"), "unsupported-operator", ("", "com.acme:Frob")),
    ],
)
def test_a_model_that_loads_at_no_level_is_a_failure_of_its_kind(
    levels: ModuleType, error: Exception, code: str, node: tuple[str, str] | None
) -> None:
    with pytest.raises(WorkerError) as caught:
        levels.find_level("basic", loading(raising="disabled basic", error=error), "load it")
    assert caught.value.code == code
    details = caught.value.details
    assert (None if node is None else (details["node"], details["operator"])) == node
