"""The verbs that run a module: `infer` and `measure`."""

from __future__ import annotations

import functools
from collections.abc import Callable

from device import device_of
from dispatches import DECLARED, Dispatch, NoProfile, precision_shares, run_here, watch
from fettle_worker import Facts, Request, Signature, infer_split, open_split
from invocation import Invocation
from session import Session
from versions import MODULE

#: How many of the slowest dispatches are named in the facts.
_SLOWEST = 10


def infer(request: Request) -> Facts:
    """Option: `split`. The types are those of the dispatches that the runtime's own profiler saw while the first sample ran."""
    session = Session(request.input("artifact"), request.threads)
    notes = infer_split(request, session.outputs, session.run)
    common: Facts = {"placement": {"cpu" if session.device.startswith("local") else session.device: 1.0}}
    try:
        dispatches = _watch(request)
    except NoProfile as error:
        return {**common, **DECLARED, "details": {}, "notes": [*notes, str(error)]}
    return {
        **common,
        "executedPrecision": precision_shares(dispatches),
        "precisionEvidence": "executed",
        "details": {"dispatches": sum(dispatch.calls for dispatch in dispatches), "slowest": _slowest(dispatches)},
        "notes": notes,
    }


def load_inferences(request: Request) -> list[Callable[[], object]]:
    """A callable for each sample: one inference, from arrays in the host's memory to arrays there."""
    session = Session(request.input("artifact"), request.threads)
    return [functools.partial(session.run, sample.inputs) for sample in open_split(request).head()]


def _watch(request: Request) -> list[Dispatch]:
    artifact = request.input("artifact")
    sample = open_split(request).head(samples=1)[0]
    signature = Signature.read(artifact)
    inputs = [sample.inputs[tensor.name] for tensor in signature.inputs]
    device, flags = device_of(artifact / MODULE, request.threads)
    return watch(run_here, Invocation(artifact / MODULE, device, flags), inputs, len(signature.outputs))


def _slowest(dispatches: list[Dispatch]) -> list[dict[str, object]]:
    total = sum(dispatch.nanoseconds for dispatch in dispatches) or 1
    ordered = sorted(dispatches, key=lambda dispatch: (-dispatch.nanoseconds, dispatch.name))
    return [{"dispatch": each.name, "type": each.precision, "time": each.nanoseconds / total} for each in ordered[:_SLOWEST]]
