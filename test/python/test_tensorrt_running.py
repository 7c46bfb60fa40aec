"""How a plan is run: our reading of cuda.h and of TensorRT's Python API, written down as stand-ins that refuse what the real ones do.

Nothing here has seen a GPU. What a driver and a runtime really do is for a machine that has them; see docs/toolchains/tensorrt.md.
"""

from __future__ import annotations

import ctypes
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from cuda_driver import StandInDriver

from fettle_tensorrt import Fit, write_network
from fettle_tensorrt.cuda import Cuda, open_driver
from fettle_tensorrt.running import PlanSession
from fettle_worker import Signature, TensorSignature, WorkerError


class StandInContext:
    """Runs y = 2 x on the memory at the addresses it was given."""

    def __init__(self) -> None:
        self.addresses: dict[str, int] = {}
        self.shape: tuple[int, ...] | None = None

    def set_input_shape(self, _: str, shape: tuple[int, ...]) -> bool:
        self.shape = shape
        return shape == (2, 3)

    def get_tensor_shape(self, _: str) -> tuple[int, ...]:
        return self.shape or (-1, -1)

    def set_tensor_address(self, name: str, address: int) -> None:
        self.addresses[name] = address

    def execute_async_v3(self, stream: int) -> bool:
        x, y = ((ctypes.c_float * 6).from_address(self.addresses[name]) for name in "xy")
        y[:] = [2 * value for value in x]
        return stream == 9


LAYERS = '{"Layers": [{"LayerType": "gemm", "Inputs": [{"Name": "x", "Format/Datatype": "Half"}], "Outputs": []}], "Bindings": ["x", "y"]}'


def stand_in_trt(plan: bytes, version: str = "11.4.0") -> Any:
    def inspector() -> Any:
        return SimpleNamespace(get_engine_information=lambda form: {"JSON": LAYERS}[form])

    def deserialise(data: bytes) -> Any:
        if data != plan:
            return None
        return SimpleNamespace(
            create_execution_context=StandInContext, create_engine_inspector=inspector, get_tensor_dtype=lambda _: "FLOAT"
        )

    return SimpleNamespace(
        __version__=version,
        LayerInformationFormat=SimpleNamespace(JSON="JSON"),
        ILogger=object,
        Runtime=lambda _: SimpleNamespace(deserialize_cuda_engine=deserialise),
        nptype=lambda kind: {"FLOAT": np.float32}[kind],
    )


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    (tmp_path / "model.plan").write_bytes(b"plan")
    write_network(tmp_path, Fit("sm_89", "11.4.0", None), {"float16": 1.0})
    Signature((TensorSignature("x", "float32", (2, 3)),), (TensorSignature("y", "float32", (2, 3)),)).write(tmp_path)
    return tmp_path


def test_inputs_go_up_and_outputs_come_down(artifact: Path) -> None:
    driver = StandInDriver()
    session = PlanSession(stand_in_trt(b"plan"), Cuda(driver), artifact, "TensorRT")
    assert (session.has.architecture, session.declared, session.inspected.precision) == ("sm_89", {"float16": 1.0}, {"float16": 1.0})
    for start in (0, 10):
        x = np.arange(start, start + 6, dtype=np.float32).reshape(3, 2).T  # not contiguous
        (y,) = session.run({"x": x})
        np.testing.assert_array_equal(y, 2 * x)
    assert driver.state == ["initialised", "context 77", "synchronised 9", "synchronised 9"]


def test_a_plan_for_another_gpu_is_refused_before_it_is_loaded(artifact: Path) -> None:
    with pytest.raises(WorkerError, match="the plan is for sm_89 and this GPU is sm_75"):
        PlanSession(SimpleNamespace(__version__="11.4.0"), Cuda(StandInDriver((7, 5))), artifact, "TensorRT")


def test_a_plan_of_another_version_is_refused_before_it_is_loaded(artifact: Path) -> None:
    with pytest.raises(WorkerError, match=r"made by TensorRT 11\.4\.0 and 11\.5\.0 is here") as refused:
        PlanSession(SimpleNamespace(__version__="11.5.0"), Cuda(StandInDriver()), artifact, "TensorRT")
    assert refused.value.details["hint"] == "compile it with 11.5.0, or run it with 11.4.0"


def test_a_plan_the_runtime_does_not_take_is_a_failure(artifact: Path) -> None:
    with pytest.raises(WorkerError, match="cannot load the plan"):
        PlanSession(stand_in_trt(b"another"), Cuda(StandInDriver()), artifact, "TensorRT")


def test_a_refusal_of_the_driver_is_in_its_own_words() -> None:
    cuda = Cuda(StandInDriver())
    with pytest.raises(WorkerError, match="refused cuMemcpyHtoD_v2: invalid argument"):
        cuda.upload(1234, np.zeros(4))


def test_a_machine_without_a_driver_says_so() -> None:
    with pytest.raises(WorkerError, match="there is no CUDA driver") as refused:
        open_driver("libcuda-of-no-machine.so.1")
    assert "libcuda-of-no-machine" in str(refused.value.details["keyLine"])
