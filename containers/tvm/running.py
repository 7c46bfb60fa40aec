"""The verbs that run a library: `infer` and `measure`."""

from __future__ import annotations

import functools
from collections.abc import Callable

from fettle_worker import Facts, Request, WorkerError, infer_split, open_split
from session import KernelAccount, Session
from shares import precision_shares

#: How many of the slowest kernels are named in the facts.
_SLOWEST = 10


def infer(request: Request) -> Facts:
    """Option: `split`. The types are read from what each kernel wrote while the first samples ran on a watched machine."""
    session = Session(request.input("artifact"))
    kernels = session.watch([sample.inputs for sample in open_split(request).head()])
    if not kernels:
        raise WorkerError("toolchain-error", "TVM called no kernels, so the precision cannot be read back")
    notes = infer_split(request, session.outputs, session.run)
    return {
        "executedPrecision": precision_shares((kernel.dtype, kernel.calls, kernel.nanoseconds) for kernel in kernels.values()),
        "precisionEvidence": "executed",
        "placement": {"cpu": 1.0},
        "details": {"kernels": len(kernels), "slowest": _slowest(kernels)},
        "notes": notes,
    }


def load_inferences(request: Request) -> list[Callable[[], object]]:
    """A callable for each sample: one inference, from arrays in the host's memory to arrays there."""
    session = Session(request.input("artifact"))
    return [functools.partial(session.run, sample.inputs) for sample in open_split(request).head()]


def _slowest(kernels: dict[str, KernelAccount]) -> list[dict[str, object]]:
    total = sum(kernel.nanoseconds for kernel in kernels.values()) or 1
    ordered = sorted(kernels.items(), key=lambda item: (-item[1].nanoseconds, item[0]))
    return [{"kernel": name, "dtype": kernel.dtype, "time": kernel.nanoseconds / total} for name, kernel in ordered[:_SLOWEST]]
