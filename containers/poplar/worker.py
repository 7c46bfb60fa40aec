"""The poplar worker: Graphcore's PopART, for Python 3.8 as in Graphcore's images.

It compiles for an IPU that is not here, and runs on the IPU it was leased, or else on Poplar's model of one.
"""

from __future__ import annotations

import functools
import os
import shutil
from typing import Any, Callable

from fettle_worker import Facts, Request, Signature, infer_split, main, open_split
from sdk import load_popart
from session import IPU, IPU_MODEL, OFFLINE, Session

EXECUTABLE = "model.popef"
MODEL = "model.onnx"

#: Set where an IPU is leased to this process.
_LEASED = "FETTLE_LEASED_IPU"

_UNVERIFIED = "this worker was written from PopART's sources and has not been verified against the Poplar SDK"


def probe(_: Request) -> Facts:
    return {"versions": _versions(load_popart()), "notes": [_UNVERIFIED]}


def compile_model(request: Request) -> Facts:
    """The target's `architecture` is ipu2 or ipu21. The model lies beside the executable: a session is opened with both."""
    popart = load_popart()
    source = request.input("model")
    architecture = _architecture(request)
    session = Session(popart, source / MODEL, OFFLINE, architecture)
    request.progress("compiling", None)
    session.export(request.out / EXECUTABLE)
    shutil.copyfile(str(source / MODEL), str(request.out / MODEL))
    Signature.read(source).write(request.out)
    versions = _versions(popart)
    return {
        "versions": versions,
        "files": [EXECUTABLE, MODEL],
        "requires": {
            "architecture": "x86-64",
            "cpuFeatures": [],
            "packages": {"popart": versions["popart"]},
            "device": {"device": "ipu", "vendor": "graphcore", "architectures": [architecture], "driver": None},
        },
        "declared": {"precision": {"float32": 1.0}, "estimates": []},
        "details": {"device": OFFLINE, "ipuVersion": architecture},
        "notes": [_UNVERIFIED],
    }


def infer(request: Request) -> Facts:
    session = _open(request)
    names = [tensor.name for tensor in Signature.read(request.input("artifact")).outputs]
    notes = infer_split(request, names, session.run)
    if session.device == IPU_MODEL:
        notes.append("Poplar's IPUModel ran the model that the PopEF file was compiled from; the file itself runs on an IPU only")
    return {
        "executedPrecision": {"float32": {"ops": 1.0, "time": None}},
        "precisionEvidence": "declared",
        "placement": {session.device: 1.0},
        "details": {"device": session.device},
        "notes": [_UNVERIFIED, *notes],
    }


def load_inferences(request: Request) -> list[Callable[[], Any]]:
    session = _open(request)
    return [functools.partial(session.run, sample.inputs) for sample in open_split(request).head()]


def _open(request: Request) -> Session:
    artifact = request.input("artifact")
    device = IPU if _LEASED in os.environ else IPU_MODEL
    session = Session(load_popart(), artifact / MODEL, device, _architecture(request))
    session.prepare(artifact / EXECUTABLE if device == IPU else None)
    return session


def _architecture(request: Request) -> str:
    if request.target is None:
        raise ValueError("a request without a target")
    return request.target.text("architecture")


def _versions(popart: Any) -> Facts:
    return {"popart": str(popart.versionString())}


if __name__ == "__main__":
    main({"probe": probe, "compile": compile_model, "infer": infer}, measure=load_inferences)
