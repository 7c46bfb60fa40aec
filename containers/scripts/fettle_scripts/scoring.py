"""The verb `score`: a user's metric, one score for each sample, for the reference's outputs and the candidate's."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

from numpy.typing import NDArray

from fettle_scripts.user_script import blamed_on, load_function
from fettle_worker import Facts, OutputSet, Request, WorkerError, open_split, write_json
from fettle_worker.scripts import ScoreContext

_PROGRESS_INTERVAL = 0.25

Arrays = Mapping[str, NDArray[Any]]


def score(request: Request) -> Facts:
    """Options: `script`, `split`. Leaves `scores.json`."""
    folder, script = request.input("script"), request.options.text("script")
    function = load_function(folder, script, "score")
    metadata = json.loads((request.input("model") / "metadata.json").read_text(encoding="utf-8"))
    split, reference, candidate = open_split(request), OutputSet(request.input("reference")), OutputSet(request.input("candidate"))
    for given, whose in ((reference, "reference"), (candidate, "candidate")):
        if given.samples != split.samples:
            raise WorkerError("invalid-data", f"the {whose} has outputs for {given.samples} of {split.samples} samples")

    scores: dict[str, list[float]] = {"reference": [], "candidate": []}
    told = time.monotonic()
    for sample, expected, actual in zip(split, reference, candidate, strict=True):
        context = ScoreContext(metadata, sample.index)
        for whose, outputs in (("reference", expected), ("candidate", actual)):
            with blamed_on(folder, script):
                value = _call(function, outputs, expected, sample.labels, context)
            scores[whose].append(_checked(value, f"{script}, score of sample {sample.index} of the {whose}"))
        if time.monotonic() - told >= _PROGRESS_INTERVAL:
            told = time.monotonic()
            request.progress(f"sample {sample.index + 1} of {split.samples}", (sample.index + 1) / split.samples)
    write_json(request.out / "scores.json", scores)
    return {"notes": []}


def _call(function: Callable[..., Any], outputs: Arrays, reference: Arrays, labels: Arrays, context: ScoreContext) -> Any:
    # Copies of the dicts: a script that changes one must not change the next call's.
    return function(dict(outputs), dict(reference), dict(labels), context)


def _checked(value: Any, where: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise WorkerError("script-error", f"{where} is {type(value).__name__}, not a number") from error
    if not math.isfinite(number):
        raise WorkerError("script-error", f"{where} is {number}")
    return number
