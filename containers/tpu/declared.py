"""In which precision a program is told to compute, node by node. What a chip executes is for a chip to show."""

from __future__ import annotations

from collections import Counter

from fettle_worker import WorkerError
from program import Program

#: Operators that become matrix products, the only ones whose precision XLA is told.
MATRIX_OPERATORS = frozenset({"Conv", "Gemm", "LSTM", "MatMul"})

#: Operators that move or reshape elements and compute nothing.
_NO_WORK = frozenset(
    {
        "Concat",
        "Constant",
        "ConstantOfShape",
        "Expand",
        "Flatten",
        "Gather",
        "Identity",
        "Pad",
        "Reshape",
        "Shape",
        "Slice",
        "Split",
        "Squeeze",
        "Tile",
        "Transpose",
        "Unsqueeze",
    }
)


def declared_precision(program: Program, precision: str) -> dict[str, float]:
    """Precision -> share of the operators that compute. Raises WorkerError if none of them would be in the one asked for."""
    counts = Counter(precision if name in MATRIX_OPERATORS else "float32" for name in program.operators if name not in _NO_WORK)
    total = sum(counts.values())
    if precision != "float32" and precision not in counts:
        message = f"the model has no matrix products, so nothing of it would be computed in {precision}"
        raise WorkerError("unsupported-model", message, {"hint": f"leave `{precision}` out of `try.precision`"})
    return {name: round(count / total, 6) for name, count in sorted(counts.items())}
