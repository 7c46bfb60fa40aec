"""What a plan is bound to, and what an engine says of itself. Layers are as NVIDIA's samples and Polygraphy show them; no GPU was here."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fettle_tensorrt import Fit, driver_version
from fettle_tensorrt.driver import read_version
from fettle_tensorrt.executed import Inspected, read_layers
from fettle_tensorrt.fit import check_fit
from fettle_worker import WorkerError

PLAN = Fit("sm_89", "11.4.0.106", "580.65.06")


@pytest.mark.parametrize("driver", ["580.65.06", "580.105.8", "595.1", None])
def test_a_plan_fits_where_nothing_is_older_or_other(driver: str | None) -> None:
    check_fit(PLAN, Fit("sm_89", "11.4.0.106", driver), "TensorRT")
    check_fit(Fit("sm_89", "11.4.0.106", None), Fit("sm_89", "11.4.0.106", driver), "TensorRT")


@pytest.mark.parametrize(
    ("has", "said"),
    [
        (Fit("sm_80", "11.4.0.106", "580.65.06"), "the plan is for sm_89 and this GPU is sm_80"),
        (Fit("sm_89", "11.3.0.1", "580.65.06"), r"made by TensorRT 11\.4\.0\.106 and 11\.3\.0\.1 is here"),
        (Fit("sm_89", "11.4.0.106", "580.9.1"), r"made under NVIDIA's driver 580\.65\.06 and 580\.9\.1, which is older, is here"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused_with_the_reason(has: Fit, said: str) -> None:
    with pytest.raises(WorkerError, match=said):
        check_fit(PLAN, has, "TensorRT")


class StandInNvml:
    """As nvml.h has it: text goes into a buffer of the caller's, and 0 is success."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.calls: list[str] = []

    def nvmlInit_v2(self) -> int:  # noqa: N802
        self.calls.append("init")
        return 0

    def nvmlSystemGetDriverVersion(self, text: Any, size: Any) -> int:  # noqa: N802
        assert size.value == len(text) == 80
        text.value = b"580.65.06"
        return self.status

    def nvmlShutdown(self) -> int:  # noqa: N802
        self.calls.append("shutdown")
        return 0


def test_the_drivers_version_is_the_management_librarys() -> None:
    library = StandInNvml(status=0)
    assert read_version(library) == "580.65.06"
    assert library.calls == ["init", "shutdown"]
    assert read_version(StandInNvml(status=999)) is None


def test_a_machine_without_that_library_has_no_known_driver() -> None:
    assert driver_version("libnvidia-ml-of-no-machine.so.1") is None


def layer(kind: str, reads: list[str], writes: list[str], **rest: Any) -> dict[str, Any]:
    def tensors(types: list[str]) -> list[dict[str, Any]]:
        return [{"Name": f"t{index}", "Dimensions": [1, 8], "Format/Datatype": each} for index, each in enumerate(types)]

    return {"Name": kind, "LayerType": kind, "Inputs": tensors(reads), "Outputs": tensors(writes), **rest}


def test_executed_precision_is_that_of_what_kernels_read_and_moves_do_not_count() -> None:
    layers = [
        layer("gemm", ["Float", "Float"], ["Float"], TacticName="sm80_xmma_gemm_f32f32_tf32f32_f32_nn_n_tilesize64x32x64"),
        layer("CaskConvolution", ["Channel major FP16 format where channel % 8 == 0"], ["Row major linear FP32"]),
        layer("kgen", ["Int64", "Half"], ["Half"]),
        layer("CaskConvolution", ["Thirty-two wide channel vectorized row major Int8 format"], ["Int8"]),
        layer("Reformat", ["Float"], ["Half"]),
        layer("kgen", ["Int32"], ["Int32"]),
        layer("kgen", [], ["BFloat16"]),
    ]
    found = read_layers(json.dumps({"Layers": layers, "Bindings": ["x", "y"]}))
    assert found.precision == {"bfloat16": 0.2, "float16": 0.4, "float32": 0.2, "int8": 0.2}
    assert found.placement == {"GPU": 1.0}
    assert found.tf32_layers == 1
    assert found.kinds == {"CaskConvolution": 2, "Reformat": 1, "gemm": 1, "kgen": 3}


def test_what_is_not_on_the_gpu_is_told() -> None:
    host = {"Name": "shape", "LayerType": "Shape", "Inputs": [], "Outputs": [{"Name": "s", "Location": "Host"}]}
    layers = [layer("DLA", ["Half"], ["Half"]), host, layer("gemm", ["Half"], ["Half"]), layer("gemm", ["Half"], ["Half"])]
    assert read_layers(json.dumps({"Layers": layers})).placement == {"CPU": 0.25, "DLA": 0.25, "GPU": 0.5}


@pytest.mark.parametrize("text", ["", "no JSON", "{}", "[]", "3", '{"Layers": ["gemm_0", "gemm_1"]}', '{"Layers": 3}'])
def test_an_inspector_that_tells_nothing_leaves_the_precision_open(text: str) -> None:
    assert read_layers(text) == Inspected({}, {"GPU": 1.0}, {}, 0)
