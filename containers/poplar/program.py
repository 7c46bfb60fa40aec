"""What `program.json` of an artifact says: which files a compilation left, by their hashes, and which generation of IPU it was for.

Only an IPU can load the PopEF file. Where Poplar's model of one runs the ONNX file in its place, nothing else would tell that the two
are still the pair that was compiled.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Sequence

from fettle_worker import WorkerError, write_json

PROGRAM = "program.json"
_CHUNK = 1 << 20


def write_program(folder: Path, files: Sequence[str], architecture: str) -> None:
    """`architecture` is Poplar's name of the generation, ipu2 or ipu21; `files` lie in `folder`."""
    write_json(folder / PROGRAM, {"ipuVersion": architecture, "sha256": {name: _sha256(folder / name) for name in files}})


def check_program(folder: Path, architecture: str) -> None:
    """Raises WorkerError `toolchain-error` where a file is not the one that was compiled, or was compiled for another generation."""
    try:
        program = json.loads((folder / PROGRAM).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WorkerError("toolchain-error", f"the artifact has no usable {PROGRAM}", {"keyLine": str(error)}) from error
    if program["ipuVersion"] != architecture:
        raise WorkerError("toolchain-error", f"the program was compiled for {program['ipuVersion']}, and it is to run on {architecture}")
    for name, digest in program["sha256"].items():
        if not (folder / name).is_file() or _sha256(folder / name) != digest:
            raise WorkerError("toolchain-error", f"{name} of the artifact is not the file that was compiled: it is damaged or was changed")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(_CHUNK), b""):
            digest.update(chunk)
    return digest.hexdigest()
