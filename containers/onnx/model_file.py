"""Reading and writing model files, with weights inside or in files beside them.

A protobuf message cannot exceed 2 GiB, so weights above a limit stay in external files throughout: the graph is changed
without them.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError
from onnx.external_data_helper import ExternalDataInfo, load_external_data_for_model, uses_external_data

from fettle_worker import WorkerError
from graphs import all_tensors

#: Weights above this stay external: well under protobuf's 2 GiB, to leave room for the graph and for what folding adds.
EXTERNAL_LIMIT = 1_500_000_000


@dataclass
class LoadedModel:
    proto: onnx.ModelProto
    #: Folder of the external files, where weights stay in them; None where the proto holds everything.
    weights: Path | None
    weight_bytes: int


def load_model(path: Path, limit: int = EXTERNAL_LIMIT) -> LoadedModel:
    """Reads a model. Raises WorkerError `invalid-model` if it is not whole."""
    try:
        proto = onnx.load(str(path), load_external_data=False)
    except DecodeError as error:
        raise WorkerError("invalid-model", f"{path.name} cannot be read as ONNX: it is truncated or of another format") from error
    if not proto.graph.node:
        raise WorkerError("invalid-model", f"{path.name} holds no graph: no operator is in it")
    size = sum(_external_size(tensor, path.parent) for tensor in all_tensors(proto.graph) if uses_external_data(tensor))
    if size > limit:
        return LoadedModel(proto, path.parent, size)
    if size > 0:
        load_external_data_for_model(proto, str(path.parent))
    return LoadedModel(proto, None, size)


def save_model(proto: onnx.ModelProto, path: Path, limit: int = EXTERNAL_LIMIT) -> None:
    """Writes a model that holds its weights; equal models give equal bytes. Large weights go to `<name>.data`."""
    if proto.ByteSize() > limit:
        onnx.save(proto, str(path), save_as_external_data=True, location=f"{path.name}.data", size_threshold=1024)
        return
    path.write_bytes(proto.SerializeToString(deterministic=True))


def save_graph(model: LoadedModel, path: Path) -> None:
    """Writes a model as it was loaded: external weights are linked, or copied, beside it."""
    if model.weights is None:
        save_model(model.proto, path)
        return
    names = {ExternalDataInfo(tensor).location for tensor in all_tensors(model.proto.graph) if uses_external_data(tensor)}
    for name in sorted(names):
        target = path.parent / name
        target.parent.mkdir(parents=True, exist_ok=True)
        _link_or_copy(model.weights / name, target)
    path.write_bytes(model.proto.SerializeToString(deterministic=True))


def _external_size(tensor: onnx.TensorProto, folder: Path) -> int:
    info = ExternalDataInfo(tensor)
    file = (folder / info.location).resolve()
    if not file.is_relative_to(folder.resolve()):
        raise WorkerError("invalid-model", f"external data of {tensor.name} lies outside the model's folder: {info.location}")
    if not file.is_file():
        raise WorkerError("invalid-model", f"the model's external data file {info.location} is missing")
    available = file.stat().st_size - (info.offset or 0)
    needed = info.length if info.length is not None else available
    if needed > available:
        raise WorkerError("invalid-model", f"the external data file {info.location} is too short for {tensor.name}")
    return int(needed)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source.resolve(), target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)
