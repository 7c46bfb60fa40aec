"""The reference: the untouched model with every optimisation off, and a second run that shows the reference's own noise."""

from __future__ import annotations

from pathlib import Path

from feeds import make_runner, output_names
from fettle_worker import Facts, Request, WorkerError, infer_split
from fettle_worker.ort_errors import explain_ort_error
from levels import find_level
from sessions import Settings, open_session
from versions import versions

#: The noise run differs in all that may not matter: level of optimisation, and the order in which threads sum.
NOISE_LEVEL = "all"
NOISE_THREADS = 2


def reference(request: Request) -> Facts:
    """Options: `split`, `bind` (input -> number). Leaves `reference/` and `noise/`."""
    model = request.input("model")
    request.progress("reference", None)
    notes = _run(request, model, Settings("disabled", 1), "reference")
    level, fallbacks = find_level(NOISE_LEVEL, lambda level: open_session(model, Settings(level, 1)), "load the model")
    request.progress("noise of the reference", None)
    _run(request, model, Settings(level, NOISE_THREADS), "noise")
    return {"versions": versions(), "notes": [*notes, *fallbacks]}


def _run(request: Request, model: Path, settings: Settings, folder: str) -> list[str]:
    try:
        session = open_session(model, settings)
    except Exception as error:
        raise explain_ort_error(error, "load the model") from error
    run = make_runner(session, request.options.numbers("bind"))
    try:
        return infer_split(request, output_names(session), run, request.out / folder)
    except WorkerError:
        raise
    except Exception as error:
        raise explain_ort_error(error, "run the model") from error
