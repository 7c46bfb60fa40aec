"""Sessions of ONNX Runtime's CPU provider, with the thread count always given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import onnxruntime as ort

from levels import LEVELS


@dataclass(frozen=True)
class Settings:
    level: str
    threads: int
    #: Whether idle threads of the pool spin, as they do by default: the fastest for a process that is alone on its cores.
    spinning: bool = False
    #: Prefix of the profile's file, where the session is to write one.
    profile: Path | None = None
    #: Takes the optimised model.
    optimised: Path | None = None
    #: `ort` or `onnx`: the format of the optimised model.
    format: str = "onnx"
    #: File name that takes the optimised model's weights, where they go apart.
    weights: str | None = None


def open_session(model: Path, settings: Settings) -> ort.InferenceSession:
    """Loads a model (ONNX or .ort) on the CPU. Raises what onnxruntime raises."""
    options = ort.SessionOptions()
    options.graph_optimization_level = LEVELS[settings.level]
    options.intra_op_num_threads = settings.threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    if not settings.spinning:
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if settings.profile is not None:
        options.enable_profiling = True
        options.profile_file_prefix = str(settings.profile)
    if settings.optimised is not None:
        options.optimized_model_filepath = str(settings.optimised)
        options.add_session_config_entry("session.save_model_format", settings.format.upper())
    if settings.weights is not None:
        options.add_session_config_entry("session.optimized_model_external_initializers_file_name", settings.weights)
        options.add_session_config_entry("session.optimized_model_external_initializers_min_size_in_bytes", "1024")
    return ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
