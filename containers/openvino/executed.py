"""What really ran, as shares: by count and by time, for each precision and each kernel. Pure: no OpenVINO in here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

#: OpenVINO's short names of element types -> the names Fettle uses. Others (u4, nf4, ...) keep OpenVINO's.
_PRECISIONS = {
    "f32": "float32",
    "f64": "float64",
    "f16": "float16",
    "bf16": "bfloat16",
    "i8": "int8",
    "u8": "uint8",
    "i16": "int16",
    "u16": "uint16",
    "i32": "int32",
    "u32": "uint32",
    "i64": "int64",
    "u64": "uint64",
    "boolean": "bool",
}


@dataclass(frozen=True)
class Operation:
    """One operation of the compiled graph that was executed; `seconds` is its mean time over all inferences so far."""

    kind: str
    kernel: str
    precision: str
    seconds: float


def precision_name(name: str) -> str:
    return _PRECISIONS.get(name, name)


def shares(operations: Sequence[Operation], key: Callable[[Operation], str]) -> dict[str, dict[str, float | None]]:
    """key -> {"ops": share of operations, "time": share of time}, the largest first; each column adds up to 1.

    `time` is None throughout where no operation took any measurable time.
    """
    total = sum(operation.seconds for operation in operations)
    counts: dict[str, int] = {}
    times: dict[str, float] = {}
    for operation in operations:
        name = key(operation)
        counts[name] = counts.get(name, 0) + 1
        times[name] = times.get(name, 0.0) + operation.seconds
    ordered = sorted(counts, key=lambda name: (-times[name], -counts[name], name))
    return {name: {"ops": counts[name] / len(operations), "time": times[name] / total if total > 0 else None} for name in ordered}


def executed_precision(operations: Sequence[Operation]) -> dict[str, dict[str, float | None]]:
    """`ExecutionFacts.executedPrecision`."""
    return shares(operations, lambda operation: precision_name(operation.precision))


def heavy_operations(operations: Iterable[Operation]) -> dict[str, dict[str, int]]:
    """Operation type -> precision -> count, of those that multiply matrices: the ones a precision is chosen for."""
    counts: dict[str, dict[str, int]] = {}
    for operation in operations:
        if operation.kind in _HEAVY:
            by_precision = counts.setdefault(operation.kind, {})
            name = precision_name(operation.precision)
            by_precision[name] = by_precision.get(name, 0) + 1
    return counts


_HEAVY = frozenset({"Convolution", "GroupConvolution", "Deconvolution", "MatMul", "FullyConnected", "RNNSeq", "RNNCell", "MHA"})
