"""Sessions of the QNN execution provider on its HTP back end."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import onnxruntime as ort
import onnxruntime_qnn as qnn

from fettle_worker import WorkerError

#: The name the provider is registered under, which is also what its devices and its nodes are found by.
PROVIDER = "qnn"
_ERRORS_ONLY = 3


@cache
def htp_devices() -> list[ort.OrtEpDevice]:
    """Loads the provider's library once. On x86 its one device is the CPU, which the HTP library simulates a Hexagon on."""
    ort.set_default_logger_severity(_ERRORS_ONLY)
    ort.register_execution_provider_library(PROVIDER, qnn.get_library_path())
    devices = [device for device in ort.get_ep_devices() if device.ep_name == PROVIDER]
    if not devices:
        raise WorkerError("toolchain-error", "ONNX Runtime sees no device of the QNN execution provider on this machine")
    return devices


def htp_options(architecture: str, soc: str | None) -> dict[str, str]:
    """The provider's options for a target's architecture (`v75`) and the maker's number of the chip (`57`), where it is given."""
    options = {"backend_path": qnn.get_qnn_htp_path(), "htp_arch": architecture.removeprefix("v"), "enable_htp_fp16_precision": "1"}
    return options if soc is None else {**options, "soc_model": soc}


def open_session(model: Path, provider: Mapping[str, str], threads: int, entries: Mapping[str, str]) -> ort.InferenceSession:
    """Loads a model on the HTP. `entries` are ONNX Runtime's own session settings. Raises what onnxruntime raises."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    for key, value in entries.items():
        options.add_session_config_entry(key, value)
    options.add_provider_for_devices(htp_devices(), dict(provider))
    return ort.InferenceSession(str(model), options)
