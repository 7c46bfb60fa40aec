"""Running a compiled artifact on Qualcomm's x86 library of the HTP, which computes what a Hexagon would."""

from __future__ import annotations

import functools
import json

from compiling import NETWORK
from fettle_worker import Facts, Request, WorkerError, infer_split
from fettle_worker.ort_errors import explain_ort_error
from htp import htp_options, open_session


def infer(request: Request) -> Facts:
    if request.target is None:
        raise ValueError("an infer request without a target")
    folder = request.input("artifact")
    provider = htp_options(request.target.text("architecture"), request.target.optional_text("soc"))
    # Without fallback, a session that loads has every node on the HTP.
    entries = {"session.disable_cpu_ep_fallback": "1"}
    try:
        session = open_session(folder / request.options.text("file"), provider, request.threads, entries)
        outputs = [output.name for output in session.get_outputs()]
        notes = infer_split(request, outputs, functools.partial(session.run, outputs))
    except WorkerError:
        raise
    except Exception as error:
        raise explain_ort_error(error, "run the artifact on the HTP") from error
    network = json.loads((folder / NETWORK).read_text(encoding="utf-8"))
    return {
        "executedPrecision": {name: {"ops": share, "time": None} for name, share in network["precision"].items()},
        # The simulator tells what ran, but not in which type: these are the types of the compiled network.
        "precisionEvidence": "declared",
        "placement": {"htp": 1.0},
        "details": {"operators": network["operators"]},
        "notes": notes,
    }
