"""Gives every input a fixed shape, or one that is open within limits, and binds inputs to constants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import numpy_helper

from fettle_worker import AxisRange, WorkerError
from findings import Findings, counted
from graphs import all_graphs
from sizes import Dim, Meanings, Size


@dataclass(frozen=True)
class Frozen:
    """`symbols` are the names that stand for one size now; `ranges` the dimensions of each input that stayed open."""

    symbols: dict[str, int]
    ranges: dict[str, tuple[AxisRange, ...]]


def freeze_inputs(model: onnx.ModelProto, shapes: Mapping[str, Sequence[Size]], bind: Mapping[str, float], findings: Findings) -> Frozen:
    """Fixes the shapes of all free inputs, but for the dimensions that are given a range, and turns bound ones into initialisers.

    A name that stands for different sizes, as PP-OCR's `?` does, is no symbol: outputs that mention it get their sizes from
    shape inference alone. Raises WorkerError `invalid-model` for a shape or a binding that does not fit the graph.
    """
    _drop_defaults(model, findings)
    _check_names(model, [*shapes, *bind])
    free = [value for value in model.graph.input if value.name not in bind]
    for value in [value for value in model.graph.input if value.name in bind]:
        _bind(model.graph, value, bind[value.name], shapes.get(value.name))
        findings.changed(f"Input {value.name} bound to {bind[value.name]:g}; it is no longer an input.")
    meanings = Meanings()
    for value in free:
        _check(value, shapes.get(value.name))
        meanings.add(read_dims(value) or [], shapes.get(value.name, []))
    # Only now is it known which names have one meaning.
    ranges = {value.name: _freeze(value, shapes[value.name], meanings, findings) for value in free if value.name in shapes}
    for name, sizes in meanings.divided().items():
        findings.changed(f"Symbolic size {name!r} stands for {sizes}: its uses were kept apart.")
    return Frozen(meanings.fixed(), ranges)


def read_dims(value: onnx.ValueInfoProto) -> list[Dim] | None:
    """The shape as the graph states it; None where not even the rank is known. Sizes of 0 and below mean "any"."""
    tensor = value.type.tensor_type
    if not tensor.HasField("shape"):
        return None
    return [dim.dim_value if dim.dim_value > 0 else (dim.dim_param or None) for dim in tensor.shape.dim]


def write_dims(value: onnx.ValueInfoProto, dims: Sequence[Dim]) -> None:
    shape = value.type.tensor_type.shape
    # Also for a scalar, whose empty shape would otherwise read as an unknown one.
    shape.SetInParent()
    del shape.dim[:]
    for size in dims:
        dim = shape.dim.add()
        if isinstance(size, int):
            dim.dim_value = size
        elif size is not None:
            dim.dim_param = size


def forget_shapes(model: onnx.ModelProto) -> None:
    """Drops what the graph says of inner and output shapes: stale symbols there stop constant folding."""
    for graph in all_graphs(model.graph):
        del graph.value_info[:]
        for output in graph.output:
            if output.type.HasField("tensor_type"):
                output.type.tensor_type.ClearField("shape")


def show_dims(dims: Sequence[Dim | Size] | None) -> str:
    return "of unknown rank" if dims is None else f"[{', '.join('?' if dim is None else str(dim) for dim in dims)}]"


def _drop_defaults(model: onnx.ModelProto, findings: Findings) -> None:
    """Inputs with an initialiser are constants that a caller could override; folding needs them to be constants."""
    defaults = {tensor.name for tensor in model.graph.initializer}
    free = [value for value in model.graph.input if value.name not in defaults]
    dropped = len(model.graph.input) - len(free)
    if dropped:
        del model.graph.input[:]
        model.graph.input.extend(free)
        model.ir_version = max(model.ir_version, 4)
        findings.changed(f"{counted(dropped, 'input')} with a default value made constant.")


def _check_names(model: onnx.ModelProto, names: Sequence[str]) -> None:
    known = [value.name for value in model.graph.input]
    for name in names:
        if name not in known:
            raise WorkerError("invalid-model", f"the model has no input {name!r}; its inputs are {', '.join(map(repr, known))}")


def _bind(graph: onnx.GraphProto, value: onnx.ValueInfoProto, constant: float, shape: Sequence[Size] | None) -> None:
    sizes = [size for size in shape or [] if isinstance(size, int)]
    if shape is not None and len(sizes) < len(shape):
        raise WorkerError("invalid-model", f"input {value.name} is bound to a constant, which has no range of sizes")
    dtype = onnx.helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
    if dtype.kind not in "fiub":
        raise WorkerError("invalid-model", f"input {value.name} holds {dtype.name}: it cannot be bound to a number")
    array = np.full(sizes if shape is not None else [d if isinstance(d, int) else 1 for d in read_dims(value) or []], constant)
    with np.errstate(all="ignore"):
        typed = array.astype(dtype)
    if dtype.kind != "f" and not np.array_equal(typed.astype(np.float64), array.astype(np.float64)):
        raise WorkerError("invalid-model", f"input {value.name} is {dtype.name}: it cannot be bound to {constant:g}")
    graph.initializer.append(numpy_helper.from_array(typed, value.name))
    graph.input.remove(value)


def _check(value: onnx.ValueInfoProto, wanted: Sequence[Size] | None) -> None:
    if not value.type.HasField("tensor_type"):
        raise WorkerError("unsupported-model", f"input {value.name} is not a tensor: sequences, maps and optionals cannot be fed")
    dims = read_dims(value)
    if wanted is None:
        if dims is None or not all(isinstance(dim, int) for dim in dims):
            raise WorkerError("invalid-model", f"input {value.name} is {show_dims(dims)}: the recipe must give its shape")
        return
    _check_fit(value.name, dims, wanted)


def _freeze(value: onnx.ValueInfoProto, wanted: Sequence[Size], meanings: Meanings, findings: Findings) -> tuple[AxisRange, ...]:
    dims = read_dims(value)
    ranges = meanings.open_axes(value.name, dims, wanted)
    if dims != list(wanted):
        names = {found.axis: found.name for found in ranges}
        write_dims(value, [size if isinstance(size, int) else names[axis] for axis, size in enumerate(wanted)])
        findings.changed(f"Input {value.name}: shape {show_dims(dims)} {'limited' if ranges else 'fixed'} to {show_dims(wanted)}.")
    return ranges


def _check_fit(name: str, dims: list[Dim] | None, wanted: Sequence[Size]) -> None:
    if dims is None:
        return
    fits = len(dims) == len(wanted) and all(not isinstance(dim, int) or dim == size for dim, size in zip(dims, wanted, strict=True))
    if not fits:
        raise WorkerError("invalid-model", f"shape {show_dims(wanted)} does not fit input {name}, which is {show_dims(dims)}")
