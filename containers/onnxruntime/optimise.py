"""Compiling for ONNX Runtime: the optimised graph, written ahead of time."""

from __future__ import annotations

import shutil
from pathlib import Path

import onnxruntime as ort

from fettle_worker import Facts, Request, WorkerError, write_json
from levels import find_level
from sessions import Settings, open_session
from versions import versions

MODEL = "model.onnx"
#: Says at which level the artifact loads; written beside it, read by `infer` and `measure`.
SESSION = "session.json"
#: Weights above this go to a file of their own: protobuf and flatbuffers end at 2 GiB.
EXTERNAL_LIMIT = 1_500_000_000


def compile_model(request: Request) -> Facts:
    """Options: `level` (`basic` or `extended`: what is baked in), `format` (`onnx` or `ort`)."""
    folder = request.input("model")
    wanted, file_format = request.options.text("level", "extended"), request.options.text("format", "onnx")
    artifact = request.out / f"model.{file_format}"
    weights = _weights_file(folder, file_format)

    def write(level: str) -> None:
        open_session(folder / MODEL, Settings(level, 1, optimised=artifact, format=file_format, weights=weights))

    request.progress(f"optimising at level {wanted}", 0.2)
    # The level that works has left the artifact behind; what a failing one left is overwritten by the next.
    level, notes = find_level(wanted, write, "load the prepared model")
    request.progress("loading the artifact", 0.7)
    loading, more = find_level("all", lambda each: open_session(artifact, Settings(each, 1)), "load its own artifact")
    write_json(request.out / SESSION, {"level": loading})
    shutil.copyfile(folder / "signature.json", request.out / "signature.json")
    return {
        "versions": versions(),
        "files": [artifact.name, *([weights] if weights else []), SESSION, "signature.json"],
        "requires": {"architecture": "any", "cpuFeatures": [], "packages": {"onnxruntime": ort.__version__}},
        "details": {"level": level, "loadLevel": loading, "format": file_format},
        "notes": list(dict.fromkeys([*notes, *more])),
    }


def _weights_file(folder: Path, file_format: str) -> str | None:
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    if size <= EXTERNAL_LIMIT:
        return None
    if file_format == "ort":
        raise WorkerError("unsupported-model", f"the .ort format holds at most 2 GB; the model has {size / 1e9:.1f} GB. Use format: onnx.")
    return f"{MODEL}.data"
