"""ONNX Runtime sessions as preparing needs them: to fold constants, to see whether a model loads, to run it once."""

from __future__ import annotations

from pathlib import Path

import onnx
import onnxruntime as ort

from fettle_worker.ort_errors import ort_message


def can_load(model: onnx.ModelProto) -> str | None:
    """None if ONNX Runtime loads the model without optimising it, else the first line of why not."""
    try:
        open_session(model.SerializeToString(deterministic=True), ort.GraphOptimizationLevel.ORT_DISABLE_ALL)
    except Exception as error:  # noqa: BLE001 - its exceptions have no common base but Exception
        return ort_message(error)
    return None


def open_session(
    model: bytes | Path, level: ort.GraphOptimizationLevel, optimised: Path | None = None, external: str | None = None
) -> ort.InferenceSession:
    """A session on one CPU thread. `optimised` takes the optimised model; `external` names its file of weights, if they go apart."""
    settings = ort.SessionOptions()
    settings.graph_optimization_level = level
    settings.intra_op_num_threads = 1
    settings.inter_op_num_threads = 1
    settings.log_severity_level = 3
    if optimised is not None:
        settings.optimized_model_filepath = str(optimised)
    if external is not None:
        settings.add_session_config_entry("session.optimized_model_external_initializers_file_name", external)
        settings.add_session_config_entry("session.optimized_model_external_initializers_min_size_in_bytes", "1024")
    return ort.InferenceSession(str(model) if isinstance(model, Path) else model, settings, providers=["CPUExecutionProvider"])
