"""ONNX to OpenVINO's intermediate representation (IR): an .xml with the graph, a .bin with the weights as they were."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import openvino as ov

from conversion_failure import conversion_failure
from fettle_worker import Signature, TensorSignature, WorkerError, is_edge_dtype

#: The device this toolchain produces for and runs on; never AUTO, which may move a model elsewhere.
DEVICE = "CPU"


def read_onnx(core: ov.Core, model: Path) -> ov.Model:
    """Reads an ONNX file. Raises WorkerError `unsupported-operator`, `unsupported-model` or `invalid-model`, with the ONNX node."""
    try:
        return core.read_model(str(model))
    except RuntimeError as error:
        raise conversion_failure(str(error), model) from error


def limit_sizes(model: ov.Model, signature: Signature) -> None:
    """Gives open dimensions of inputs the limits of the signature. WorkerError `unsupported-model` where the graph forbids it."""
    if not any(tensor.ranges for tensor in signature.inputs):
        return
    shapes = {tensor.name: ov.PartialShape([_dimension(tensor, axis) for axis in range(len(tensor.shape))]) for tensor in signature.inputs}
    try:
        model.reshape(shapes)
    except RuntimeError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        details = {"keyLine": lines[-1] if lines else "no message", "hint": "give fixed sizes in model.shapes"}
        raise WorkerError("unsupported-model", "OpenVINO cannot give the model the ranges of sizes that are asked for", details) from error


def check_sizes(core: ov.Core, path: Path, signature: Signature) -> dict[str, str]:
    """Reads the sizes of the inputs back from the IR as it was written: input -> shape, of those with a range.

    Raises WorkerError `toolchain-error` where they are not the signature's.
    """
    if not any(tensor.ranges for tensor in signature.inputs):
        return {}
    found = {}
    for port, tensor in zip(core.read_model(str(path)).inputs, signature.inputs, strict=True):
        wanted = ov.PartialShape([_dimension(tensor, axis) for axis in range(len(tensor.shape))])
        if port.partial_shape != wanted:
            message = f"OpenVINO's IR has the input {tensor.name!r} as {port.partial_shape}, and {tensor.show_shape()} was asked for"
            raise WorkerError("toolchain-error", message)
        if tensor.ranges:
            found[tensor.name] = str(port.partial_shape)
    return found


def _dimension(tensor: TensorSignature, axis: int) -> ov.Dimension:
    found = tensor.range_of(axis)
    return ov.Dimension(tensor.shape[axis]) if found is None else ov.Dimension(found.min, found.max)


def write_ir(model: ov.Model, path: Path) -> None:
    """Writes `path` (.xml) and the .bin beside it. OpenVINO's own default would round the weights to float16."""
    ov.save_model(model, str(path), compress_to_fp16=False)


def check_coverage(core: ov.Core, model: ov.Model) -> dict[str, object]:
    """Which share of the operations the CPU plug-in says it can run; all of them, or WorkerError `unsupported-operator`."""
    supported = core.query_model(model, DEVICE)
    operations = model.get_ops()
    missing = [operation for operation in operations if operation.get_friendly_name() not in supported]
    if missing:
        operator, node = missing[0].get_type_name(), missing[0].get_friendly_name()
        message = f"OpenVINO's CPU plug-in cannot run {len(missing)} of {len(operations)} operations; the first is the {operator} {node!r}"
        raise WorkerError("unsupported-operator", message, {"node": node, "operator": operator})
    types = Counter(operation.get_type_name() for operation in operations)
    return {"operations": dict(sorted(types.items())), "supported": 1.0}


def check_edges(model: ov.Model, signature: Signature) -> None:
    """Inputs and outputs must be the signature's, in its order, with types that can be fed; WorkerError `unsupported-model` if not."""
    for kind, ports, tensors in (("input", model.inputs, signature.inputs), ("output", model.outputs, signature.outputs)):
        if len(ports) != len(tensors):
            raise WorkerError("unsupported-model", f"OpenVINO gives the model {len(ports)} {kind}s where it has {len(tensors)}")
        for port, tensor in zip(ports, tensors, strict=True):
            if tensor.name not in port.get_names():
                raise WorkerError("unsupported-model", f"OpenVINO does not name the {kind} {tensor.name!r} at its place")
            if not is_edge_dtype(edge_type(port.get_element_type())):
                raise WorkerError("unsupported-model", f"the {kind} {tensor.name!r} has the type {port.get_element_type()}")


def edge_type(element: ov.Type) -> str:
    """numpy's name of an element type; OpenVINO's own where numpy has none (it hands bfloat16 out as float16 bits)."""
    name = element.get_type_name()
    return {"f32": "float32", "f64": "float64", "f16": "float16", "boolean": "bool", "string": "string"}.get(name) or _integer(name)


def _integer(name: str) -> str:
    prefix = {"i": "int", "u": "uint"}.get(name[:1])
    return f"{prefix}{name[1:]}" if prefix and name[1:].isdigit() else name
