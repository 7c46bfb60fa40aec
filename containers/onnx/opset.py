"""Raises a model's opset, where the converter can."""

from __future__ import annotations

import onnx
from onnx import version_converter

from crash_guard import run_guarded
from findings import Findings
from graphs import default_opset
from model_file import LoadedModel
from sessions import can_load


def raise_opset(model: LoadedModel, wanted: int, findings: Findings) -> None:
    """Converts the model to opset `wanted` if its own is lower; if that fails the model keeps its opset, and a note says so.

    Quantisers need opset 13 for per-channel scales, and importers read newer forms of operators better.
    """
    current = default_opset(model.proto)
    if current >= wanted:
        return
    converted, why = _convert(model, wanted)
    if converted is None:
        findings.noted(f"The model keeps opset {current}: it could not be converted to {wanted} ({why}).")
        return
    # The converter builds a new model and leaves these behind.
    del converted.metadata_props[:]
    converted.metadata_props.extend(model.proto.metadata_props)
    converted.doc_string = model.proto.doc_string
    model.proto = converted
    findings.changed(f"Opset raised from {current} to {wanted}.")


def _convert(model: LoadedModel, wanted: int) -> tuple[onnx.ModelProto | None, str]:
    if model.weights is not None:
        return None, "its weights are too large to be held in one file"
    if model.proto.functions:
        return None, "it defines functions of its own, which the converter drops"
    # On some models (branches of If, at onnx 1.23) the converter's native code crashes.
    data, why = run_guarded(lambda: version_converter.convert_version(model.proto, wanted).SerializeToString())
    if data is None:
        return None, why
    converted = onnx.ModelProto.FromString(data)
    converted.ir_version = max(model.proto.ir_version, _ir_version(wanted))
    refusal = can_load(converted)
    return (None, f"the converted model does not load: {refusal}") if refusal else (converted, "")


def _ir_version(opset: int) -> int:
    """The oldest IR version that may carry this opset."""
    return int(onnx.helper.find_min_ir_version_for([onnx.helper.make_opsetid("", opset)]))
