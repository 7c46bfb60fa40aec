"""The poplar worker: Graphcore's PopART, or PopRT where a recipe asks for it, for Python 3.8 as in Graphcore's images.

It compiles for an IPU that is not here, and runs on the IPU it was leased, or else, with PopART, on Poplar's model of one.
"""

from __future__ import annotations

import functools
import os
import shutil
from importlib import metadata
from typing import Any, Callable

from fettle_worker import Facts, Request, Signature, WorkerError, infer_split, main, open_split
from poprt_program import PoprtSession, compile_popef
from program import PROGRAM, check_program, write_program
from sdk import load_popart, load_poprt
from session import IPU, IPU_MODEL, OFFLINE, Session

EXECUTABLE = "model.popef"
MODEL = "model.onnx"

#: Set where an IPU is leased to this process.
_LEASED = "FETTLE_LEASED_IPU"

_UNVERIFIED = "this worker was written from PopART's and PopRT's sources and has not been verified against the Poplar SDK"


def probe(_: Request) -> Facts:
    """What the image has of the two; an image for either need not hold the other."""
    versions = {**_version_if_there(lambda: _popart_version(load_popart())), **_version_if_there(_poprt_version)}
    if not versions:
        load_popart()
    return {"versions": versions, "notes": [_UNVERIFIED]}


def compile_model(request: Request) -> Facts:
    """The target's `architecture` is ipu2 or ipu21. Option `compiler`: popart (default) or poprt; `precision`: of the candidate."""
    architecture = _architecture(request)
    precision = request.options.text("precision", "float32")
    request.progress("compiling", None)
    is_poprt = _uses_poprt(request)
    versions = _compile_with_poprt(request, architecture, precision) if is_poprt else _compile_with_popart(request, architecture)
    Signature.read(request.input("model")).write(request.out)
    files = [EXECUTABLE] if is_poprt else [EXECUTABLE, MODEL]
    write_program(request.out, files, architecture)
    return {
        "versions": versions,
        "files": [*files, PROGRAM],
        "requires": {
            "architecture": "x86-64",
            "cpuFeatures": [],
            "packages": versions,
            "device": {"device": "ipu", "vendor": "graphcore", "architectures": [architecture], "driver": None},
        },
        "declared": {"precision": {precision: 1.0}, "estimates": []},
        "details": {"compiler": "poprt" if is_poprt else "popart", "device": OFFLINE, "ipuVersion": architecture},
        "notes": [_UNVERIFIED],
    }


def _compile_with_popart(request: Request, architecture: str) -> Facts:
    popart = load_popart()
    model = request.input("model") / MODEL
    Session(popart, model, OFFLINE, architecture).export(request.out / EXECUTABLE)
    # A session is opened with both.
    shutil.copyfile(str(model), str(request.out / MODEL))
    return _popart_version(popart)


def _compile_with_poprt(request: Request, architecture: str, precision: str) -> Facts:
    compile_popef(request.input("model") / MODEL, request.out / EXECUTABLE, precision, architecture)
    return _poprt_version()


def infer(request: Request) -> Facts:
    session = _open(request)
    names = [tensor.name for tensor in Signature.read(request.input("artifact")).outputs]
    notes = infer_split(request, names, session.run)
    if session.device == IPU_MODEL:
        notes.append("Poplar's IPUModel ran the model that the PopEF file was compiled from; the file itself runs on an IPU only")
    precision = request.options.text("precision", "float32")
    return {
        "executedPrecision": {precision: {"ops": 1.0, "time": None}},
        "precisionEvidence": "declared",
        "placement": {session.device: 1.0},
        "details": {"device": session.device},
        "notes": [_UNVERIFIED, *notes],
    }


def load_inferences(request: Request) -> list[Callable[[], Any]]:
    session = _open(request)
    return [functools.partial(session.run, sample.inputs) for sample in open_split(request).head()]


def _open(request: Request) -> Session | PoprtSession:
    artifact = request.input("artifact")
    check_program(artifact, _architecture(request))
    is_leased = _LEASED in os.environ
    if _uses_poprt(request):
        if not is_leased:
            raise WorkerError("toolchain-error", "PopRT runs programs on an IPU only, and none is leased to this worker")
        return PoprtSession(artifact / EXECUTABLE, Signature.read(artifact))
    session = Session(load_popart(), artifact / MODEL, IPU if is_leased else IPU_MODEL, _architecture(request))
    session.prepare(artifact / EXECUTABLE if is_leased else None)
    return session


def _uses_poprt(request: Request) -> bool:
    return request.options.text("compiler", "popart") == "poprt"


def _architecture(request: Request) -> str:
    if request.target is None:
        raise ValueError("a request without a target")
    return request.target.text("architecture")


def _popart_version(popart: Any) -> Facts:
    return {"popart": str(popart.versionString())}


def _version_if_there(read: Callable[[], Facts]) -> Facts:
    try:
        return read()
    except WorkerError:
        return {}


def _poprt_version() -> Facts:
    load_poprt()
    return {"poprt": metadata.version("poprt")}


if __name__ == "__main__":
    main({"probe": probe, "compile": compile_model, "infer": infer}, measure=load_inferences)
