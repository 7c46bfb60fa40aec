"""The free inputs and the outputs of a prepared model, with the best that is known of their shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort

from fettle_worker import AxisRange, Signature, TensorSignature, WorkerError, edge_dtype
from findings import Findings
from freeze import read_dims, write_dims
from sessions import open_session
from sizes import Dim


def declared_outputs(model: onnx.ModelProto, symbols: Mapping[str, int]) -> dict[str, list[Dim]]:
    """What the graph says of its outputs' shapes, with the symbolic sizes that are known now; nothing for unknown ranks."""
    found: dict[str, list[Dim]] = {}
    for output in model.graph.output:
        dims = read_dims(output)
        if dims is not None:
            found[output.name] = [symbols.get(dim) if isinstance(dim, str) else dim for dim in dims]
    return found


@dataclass(frozen=True)
class SettledModel:
    """`file` holds the model as it is now; `ranges` has the dimensions of its inputs that were left open."""

    file: Path
    ranges: Mapping[str, tuple[AxisRange, ...]]


def settle_outputs(model: onnx.ModelProto, declared: Mapping[str, list[Dim]], settled: SettledModel, findings: Findings) -> None:
    """Gives each output a rank, and sizes where they are known: inferred first, then declared, then by one run on zeros.

    A run tells the rank only: a size that neither inference nor the graph states may depend on the data.
    """
    unknown = []
    for output in model.graph.output:
        dims = _merge(read_dims(output), declared.get(output.name))
        if dims is None:
            unknown.append(output)
        else:
            write_dims(output, [dim if isinstance(dim, int) else None for dim in dims])
    if unknown:
        ranks = _run_for_ranks(model, settled)
        for output in unknown:
            write_dims(output, [None] * ranks[output.name])
            findings.noted(f"The rank of output {output.name} is not in the graph; it was found by running the model once.")


def read_signature(model: onnx.ModelProto, ranges: Mapping[str, tuple[AxisRange, ...]]) -> Signature:
    """The signature of a model whose inputs are fixed but for these ranges, and whose outputs have ranks."""
    inputs = tuple(replace(_signature(value), ranges=ranges.get(value.name, ())) for value in model.graph.input)
    return Signature(inputs, tuple(map(_signature, model.graph.output)))


def _merge(inferred: list[Dim] | None, declared: list[Dim] | None) -> list[Dim] | None:
    """The inferred sizes, and the declared ones where inference knows none. A declared rank that is wrong counts for nothing."""
    if inferred is None or declared is None or len(inferred) != len(declared):
        return declared if inferred is None else inferred
    return [known if isinstance(known, int) else said for known, said in zip(inferred, declared, strict=True)]


def _signature(value: onnx.ValueInfoProto) -> TensorSignature:
    if not value.type.HasField("tensor_type"):
        raise WorkerError("unsupported-model", f"{value.name} is not a tensor: sequences, maps and optionals cannot be judged")
    dtype = onnx.helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type).name
    try:
        edge, _ = edge_dtype(dtype)
    except ValueError as error:
        raise WorkerError("unsupported-model", f"{value.name} is of type {dtype}, which has no place at a model's edge") from error
    return TensorSignature(value.name, edge, tuple(dim if isinstance(dim, int) else -1 for dim in read_dims(value) or []))


def _run_for_ranks(model: onnx.ModelProto, settled: SettledModel) -> dict[str, int]:
    session = open_session(settled.file, ort.GraphOptimizationLevel.ORT_DISABLE_ALL)
    feeds = {}
    for value in model.graph.input:
        open_sizes = {found.axis: found.opt for found in settled.ranges.get(value.name, ())}
        shape = [dim if isinstance(dim, int) else open_sizes[axis] for axis, dim in enumerate(read_dims(value) or [])]
        feeds[value.name] = np.zeros(shape, onnx.helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type))
    names = [output.name for output in model.graph.output]
    try:
        results = session.run(names, feeds)
    except Exception as error:
        raise WorkerError(
            "unsupported-model", f"the ranks of the outputs are unknown, and the model does not run on zeros: {error}"
        ) from error
    return {name: np.ndim(result) for name, result in zip(names, results, strict=True)}
