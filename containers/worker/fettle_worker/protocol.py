"""Requests, results and the frame that runs a verb."""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Callable, Dict, Mapping, NoReturn, Optional, Sequence

from fettle_worker.channel import Channel, take_standard_streams
from fettle_worker.emulator import Emulator
from fettle_worker.errors import WorkerError
from fettle_worker.files import write_json
from fettle_worker.measure import Inference, serve
from fettle_worker.options import Options

PROTOCOL = 1

#: Exit status of a failure that result.json explains.
_EXIT_EXPLAINED = 3
#: Exit status of anything else; the traceback is in the log.
_EXIT_UNEXPLAINED = 1

Facts = Dict[str, object]


class Request:
    """What Fettle asks for. All paths are absolute; `out` is the only folder a worker writes to."""

    def __init__(self, workspace: Path, document: Mapping[str, object], channel: Channel) -> None:
        if document.get("protocol") != PROTOCOL:
            raise ValueError(f"the request speaks protocol {document.get('protocol')!r}; this worker speaks {PROTOCOL}")
        fields = Options(document)
        self.workspace = workspace
        self.out = workspace / "out"
        self.verb = fields.text("verb")
        self.options = Options(fields.mapping("options"))
        self.target = Options(fields.mapping("target")) if "target" in fields else None
        self.threads = fields.integer("threads", 1)
        #: What `infer` is to run the artifact by, where that is an emulator of the machine's.
        self.emulator = Emulator(Options(fields.mapping("emulator"))) if "emulator" in fields else None
        self._inputs = Options(fields.mapping("inputs"))
        self._channel = channel

    def input(self, name: str) -> Path:
        """Absolute path of an input; KeyError if the request has none of that name."""
        return self.workspace / self._inputs.text(name)

    def has_input(self, name: str) -> bool:
        return name in self._inputs

    def progress(self, text: str, fraction: Optional[float] = None) -> None:
        """Tells the user what is being done and, where it is known, how much of it is (0 to 1)."""
        self._channel.send({"progress": {"text": text, "fraction": fraction}})


Verb = Callable[[Request], Facts]


def main(verbs: Mapping[str, Verb], measure: Optional[Callable[[Request], Sequence[Inference]]] = None) -> NoReturn:
    """Runs the request in the workspace named on the command line, writes result.json and ends the process.

    `verbs` maps a one-shot verb to a function that returns its facts or raises WorkerError. `measure`, where the worker
    can be measured, loads the artifact and returns one callable for each sample; one call is one inference.
    """
    channel = take_standard_streams()
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} WORKSPACE")
    workspace = Path(sys.argv[1]).resolve()
    request = None
    try:
        request = _read_request(workspace, channel)
        facts = _perform(request, channel, verbs, measure)
        write_json(workspace / "result.json", {"ok": True, "facts": facts})
        status = 0
    except WorkerError as error:
        traceback.print_exc()
        explained = {"code": error.code, "message": error.message, "details": error.details}
        if request is not None and request.verb == "measure":
            channel.send({"error": explained})  # whoever waits for an answer gets one
        write_json(workspace / "result.json", {"ok": False, "error": explained})
        status = _EXIT_EXPLAINED
    except Exception:
        traceback.print_exc()
        status = _EXIT_UNEXPLAINED
    _leave(status)


def _read_request(workspace: Path, channel: Channel) -> Request:
    document = json.loads((workspace / "request.json").read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise ValueError("request.json does not hold an object")
    request = Request(workspace, document, channel)
    request.out.mkdir(exist_ok=True)
    return request


def _perform(
    request: Request,
    channel: Channel,
    verbs: Mapping[str, Verb],
    measure: Optional[Callable[[Request], Sequence[Inference]]],
) -> Facts:
    if request.verb == "measure" and measure is not None:
        serve(channel, measure(request))
        return {}
    if request.verb not in verbs:
        raise ValueError(f"this worker has no verb {request.verb!r}")
    return verbs[request.verb](request)


def _leave(status: int) -> NoReturn:
    """Ends the process at once: the result is complete, and a vendor library that crashes while it is torn down cannot undo it."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
