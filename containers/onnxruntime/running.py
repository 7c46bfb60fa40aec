"""Running what was compiled: `infer` and `measure`, and the baseline that `measure` compares with."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path

from executed import profile_precision
from feeds import make_runner, output_names
from fettle_worker import Facts, Request, WorkerError, infer_split, open_split
from fettle_worker.ort_errors import explain_ort_error
from levels import find_level
from optimise import SESSION
from sessions import Settings, open_session


def infer(request: Request) -> Facts:
    """Runs the artifact over a split, with idle threads asleep: others share the host's cores here."""
    model, level = _artifact(request.input("artifact"))
    try:
        session = open_session(model, Settings(level, request.threads))
        notes = infer_split(request, output_names(session), make_runner(session, {}))
        head = [sample.inputs for sample in open_split(request).head()]
        executed = profile_precision(model, level, request.threads, head)
    except WorkerError:
        raise
    except Exception as error:
        raise explain_ort_error(error, "run the artifact") from error
    return {
        "executedPrecision": executed.precision,
        "precisionEvidence": "executed",
        "placement": executed.placement,
        "details": {"level": level, "profiledSamples": len(head), "operatorRuns": executed.operators},
        "notes": notes,
    }


def load_inferences(request: Request) -> list[Callable[[], object]]:
    """Loads the artifact or, where the option `file` names one, the baseline: an untouched model on ONNX Runtime's defaults.

    Options of the baseline: `file` (its name in the folder), `bind` (input -> number), `level`. Either way only the
    thread count is ours: idle threads spin as they do by default, for `measure` has the host to itself.
    """
    folder, options = request.input("artifact"), request.options
    if "file" in options:
        model = folder / options.text("file")
        level, _ = find_level(options.text("level", "all"), lambda each: open_session(model, Settings(each, 1)), "load the model")
    else:
        model, level = _artifact(folder)
    try:
        session = open_session(model, Settings(level, request.threads, spinning=True))
        run = make_runner(session, options.numbers("bind"))
        inferences: list[Callable[[], object]] = [functools.partial(run, sample.inputs) for sample in open_split(request).head()]
        inferences[0]()
    except WorkerError:
        raise
    except Exception as error:
        raise explain_ort_error(error, "run the model") from error
    return inferences


def _artifact(folder: Path) -> tuple[Path, str]:
    level = json.loads((folder / SESSION).read_text(encoding="utf-8"))["level"]
    model = next(file for file in (folder / "model.onnx", folder / "model.ort") if file.is_file())
    return model, level
