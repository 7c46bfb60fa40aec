"""From the prepared ONNX model to MLIR in which every operation knows the ONNX node it came from."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError
from iree.compiler.extras import onnx_importer
from iree.compiler.ir import Context

from fettle_worker import WorkerError

#: The function that a module exports. Fixed, so that neither the loader nor a compiled byte depends on the graph's name.
FUNCTION = "main"

_FLOATS = {
    onnx.TensorProto.FLOAT: "float32",
    onnx.TensorProto.FLOAT16: "float16",
    onnx.TensorProto.BFLOAT16: "bfloat16",
    onnx.TensorProto.DOUBLE: "float64",
}


@dataclass(frozen=True)
class Imported:
    """What the compiler gets, and what is known of it."""

    #: The module in MLIR's bytecode.
    bytecode: bytes
    #: Name in the module's locations -> the ONNX node's name and operator.
    nodes: dict[str, tuple[str, str]]
    #: Precision -> share, from 0 to 1, of the floating-point operators declared in it.
    precision: dict[str, float]


def import_onnx(path: Path) -> Imported:
    """Raises WorkerError `unsupported-model` where IREE's importer refuses the graph."""
    model = _load(path)
    model.graph.name = FUNCTION
    nodes = _label(model.graph)
    try:
        info = onnx_importer.ModelInfo(model)
        module = info.create_module(context=Context()).operation
        importer = onnx_importer.NodeImporter.define_function(info.main_graph, module)
        importer.import_all()
        module.verify()
    except Exception as error:
        # The importer raises what its handlers happen to raise.
        key_line = _last_line(error)
        raise WorkerError("unsupported-model", f"IREE cannot import the model: {key_line}", {"keyLine": key_line}) from error
    buffer = io.BytesIO()
    module.write_bytecode(buffer)
    return Imported(buffer.getvalue(), nodes, _precision(model.graph))


def _load(path: Path) -> onnx.ModelProto:
    """The model with the types of all values inferred, which the importer needs, and then its weights, wherever they lie."""
    try:
        model = onnx.shape_inference.infer_shapes(onnx.load(path, load_external_data=False), data_prop=True)
        onnx.load_external_data_for_model(model, str(path.parent))
    except DecodeError as error:
        raise WorkerError("invalid-model", f"the file is not an ONNX model: {_last_line(error)}") from error
    except (OSError, ValueError, onnx.shape_inference.InferenceError) as error:
        key_line = _last_line(error)
        raise WorkerError("unsupported-model", f"the shapes in the model cannot be inferred: {key_line}", {"keyLine": key_line}) from error
    return model


def _label(graph: onnx.GraphProto) -> dict[str, tuple[str, str]]:
    """Gives every node a name that is its own, and says whose each is: nodes without one are known by their first output."""
    found: dict[str, tuple[str, str]] = {}
    for number, node in enumerate(_nodes(graph)):
        shown = node.name or next(iter(node.output), "")
        node.name = shown if shown and shown not in found else f"{shown}#{number}"
        found[node.name] = (shown, node.op_type)
    return found


def _nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            for inner in (attribute.g, *attribute.graphs):
                yield from _nodes(inner)


def _precision(graph: onnx.GraphProto) -> dict[str, float]:
    types = {value.name: value.type.tensor_type.elem_type for value in (*graph.value_info, *graph.output)}
    counts = Counter(_FLOATS[kind] for node in graph.node for kind in [types.get(next(iter(node.output), ""))] if kind in _FLOATS)
    total = sum(counts.values())
    return {name: count / total for name, count in sorted(counts.items())}


def _last_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:300]
