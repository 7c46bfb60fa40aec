"""A plan for a range of sizes: the profile is read back from the engine, buffers follow the samples. Over the stand-ins of the API."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from cuda_driver import StandInDriver
from test_tensorrt_running import stand_in_trt

from fettle_tensorrt import Fit, write_network
from fettle_tensorrt.cuda import Cuda
from fettle_tensorrt.profile import add_profile
from fettle_tensorrt.running import PlanSession
from fettle_worker import AxisRange, Signature, TensorSignature, WorkerError

X = TensorSignature("x", "float32", (2, -1), (AxisRange(1, "w", 1, 3, 5),))
PROFILE = [(2, 1), (2, 3), (2, 5)]


class OpenContext:
    """Runs y = 2 x for any size of the profile."""

    def __init__(self) -> None:
        self.addresses: dict[str, int] = {}
        self.shape: tuple[int, ...] = (-1, -1)
        self.told: list[tuple[int, ...]] = []

    def set_input_shape(self, _: str, shape: tuple[int, ...]) -> bool:
        self.told.append(shape)
        if not (shape[0] == 2 and 1 <= shape[1] <= 5):
            return False
        self.shape = shape
        return True

    def get_tensor_shape(self, _: str) -> tuple[int, ...]:
        return self.shape

    def set_tensor_address(self, name: str, address: int) -> None:
        self.addresses[name] = address

    def execute_async_v3(self, _: int) -> bool:
        count = self.shape[0] * self.shape[1]
        x, y = ((ctypes.c_float * count).from_address(self.addresses[name]) for name in "xy")
        y[:] = [2 * value for value in x]
        return True


def open_session(folder: Path, driver: StandInDriver, profile: Sequence[tuple[int, ...]] = PROFILE) -> tuple[PlanSession, OpenContext]:
    (folder / "model.plan").write_bytes(b"plan")
    write_network(folder, Fit("sm_89", "11.4.0", None), {"float32": 1.0})
    Signature((X,), (TensorSignature("y", "float32", (2, -1)),)).write(folder)
    trt, context = stand_in_trt(b"plan"), OpenContext()
    load = trt.Runtime(None).deserialize_cuda_engine

    def deserialise(data: bytes) -> Any:
        engine = load(data)
        engine.create_execution_context = lambda: context
        engine.get_tensor_profile_shape = lambda name, index: profile if (name, index) == ("x", 0) else None
        return engine

    trt.Runtime = lambda _: SimpleNamespace(deserialize_cuda_engine=deserialise)
    return PlanSession(trt, Cuda(driver), folder, "TensorRT"), context


def test_samples_of_every_size_in_the_range_are_run_each_at_its_own(tmp_path: Path) -> None:
    driver = StandInDriver()
    session, context = open_session(tmp_path, driver)
    assert session.profile == {"x": [[2, 1], [2, 3], [2, 5]]}
    for width in (3, 1, 5, 3, 3):
        x = np.arange(2 * width, dtype=np.float32).reshape(2, width)
        (y,) = session.run({"x": x})
        np.testing.assert_array_equal(y, 2 * x)
    # At the best size from the start, so that what is measured at it is not slowed by a change.
    assert context.told == [(2, 3), (2, 1), (2, 5), (2, 3)]
    assert sorted(len(block) for block in driver.blocks.values()) == [40, 40]


def test_a_sample_outside_the_range_is_refused(tmp_path: Path) -> None:
    session, _ = open_session(tmp_path, StandInDriver())
    with pytest.raises(WorkerError, match=r"does not take input 'x' of shape \(2, 6\)"):
        session.run({"x": np.zeros((2, 6), np.float32)})


def test_an_engine_of_another_profile_than_was_asked_for_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkerError, match=r"has the sizes \[\[2, 1\], \[2, 3\], \[2, 4\]\] for the input 'x'"):
        open_session(tmp_path, StandInDriver(), [(2, 1), (2, 3), (2, 4)])


def test_a_profile_that_tensorrt_does_not_take_is_a_failure() -> None:
    taken = SimpleNamespace(set_shape=lambda *_: None, get_shape=lambda _: [(2, 1), (2, 2), (2, 5)])
    builder = SimpleNamespace(create_optimization_profile=lambda: taken)
    with pytest.raises(WorkerError, match=r"takes no optimisation profile for x \[2, 1\.\.5\]"):
        add_profile(builder, SimpleNamespace(add_optimization_profile=lambda _: -1), (X,), "TensorRT")
    with pytest.raises(WorkerError, match=r"and \[\[2, 1\], \[2, 3\], \[2, 5\]\] was asked for"):
        add_profile(builder, SimpleNamespace(add_optimization_profile=lambda _: 0), (X,), "TensorRT")
