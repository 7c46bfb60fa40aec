"""A worker that does what a test tells it, over a socket beside this file.

For each call it sends one line, `{"verb", "request", "pid"}`, and gets one line that says what to do. Left without an answer it hangs; the test sees
the connection close when the process is gone.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Callable, Dict, List, Mapping, Sequence

# The protocol's own channel, for commands that spoil it: `main` takes descriptor 1 away.
RAW = os.dup(1)

import numpy as np
import onnxruntime as ort

from fettle_worker import Facts, OutputWriter, Request, WorkerError, main, open_split

Arrays = Dict[str, "np.ndarray"]
Command = Mapping[str, object]

SOCKET = Path(__file__).resolve().parent / "test.sock"
VERSIONS = {"onnxruntime": ort.__version__}


def ask(request: Request) -> Command:
    """What the test wants; does at once what ends or spoils any verb."""
    document = json.loads((request.workspace / "request.json").read_text())
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(SOCKET))
    stream = connection.makefile("rw")
    stream.write(json.dumps({"verb": request.verb, "request": document, "pid": os.getpid()}) + "\n")
    stream.flush()
    # Kept open for as long as this process lives.
    globals()["CONNECTION"] = (connection, stream)
    line = stream.readline()
    if not line:
        raise RuntimeError("the test went away")
    command: Command = json.loads(line)
    spoil(request, command)
    return command


def spoil(request: Request, command: Command) -> None:
    do = command["do"]
    if do == "fail":
        details = command.get("details", {})
        raise WorkerError(str(command["code"]), str(command["message"]), details if isinstance(details, dict) else {})
    if do == "raise":
        raise RuntimeError(command["message"])
    if do == "die":
        os.kill(os.getpid(), getattr(signal, str(command["signal"])))
    if do == "exit":
        sys.stderr.write(str(command.get("print", "")))
        sys.stderr.flush()
        os._exit(int(str(command["status"])))
    if do == "garbage":
        os.write(RAW, b'{"progress": 5}\n\x00\xff not a message\n{"truncated": \n')
        (request.workspace / "result.json").write_text('{"ok": tr')
        os._exit(0)
    if do == "eat":
        hoard: List[bytearray] = []
        while True:
            hoard.append(bytearray(os.urandom(1 << 20) * 16))
    if do == "trespass":
        for place in (request.workspace / "in" / "model" / "model.onnx", SOCKET.parent / "trespass"):
            try:
                place.write_bytes(b"spoiled")
                print(f"wrote {place}", file=sys.stderr)
            except OSError as error:
                print(f"refused {place}: {error.strerror}", file=sys.stderr)


def attack(request: Request, command: Command) -> Facts:
    """Runs a test's own program; what it leaves in `facts` takes the place of the worker's own."""
    scope: Dict[str, object] = {"request": request, "os": os, "facts": {}}
    if command["do"] == "attack":
        exec(str(command["program"]), scope)
    facts = scope["facts"]
    return facts if isinstance(facts, dict) else {}


def compile_model(request: Request) -> Facts:
    command = ask(request)
    forged = attack(request, command)
    model = request.input("model")
    for name in ("model.onnx", "signature.json"):
        shutil.copyfile(model / name, request.out / name)
    (request.out / "made.txt").write_text(str(command.get("text", "made")))
    if command["do"] == "forget":
        (request.out / "model.onnx").unlink()
    requires = {"architecture": "any", "cpuFeatures": [], "packages": {"onnxruntime": ort.__version__}, **dict(_mapping(command, "requires"))}
    return {
        "versions": VERSIONS,
        "files": ["model.onnx", "signature.json", "made.txt"],
        "requires": requires,
        "details": {},
        "notes": [],
        **forged,
    }


def infer(request: Request) -> Facts:
    command = ask(request)
    session = open_session(request.input("artifact"))
    names = [output.name for output in session.get_outputs()]
    split = open_split(request)
    if command["do"] == "stale":
        # What a worker does that takes the file of its last run for this one's.
        shutil.copytree(Path(str(command["folder"])), request.out, dirs_exist_ok=True)
    else:
        with OutputWriter(request.out, ["another", *names[1:]] if command["do"] == "misname" else names, split.shard_sizes) as writer:
            for sample in split:
                values = [np.array(value) for value in session.run(names, sample.inputs)]
                writer.add(bend(values, sample.index, command))
    return {
        "executedPrecision": command.get("executed", {"float32": {"ops": 1.0, "time": 1.0}}),
        "precisionEvidence": "executed",
        "placement": {"CPU": 1.0},
        "details": {},
        "notes": [],
    }


def bend(values: "Sequence[np.ndarray]", sample: int, command: Command) -> "Sequence[np.ndarray]":
    """The true outputs with what the test wants wrong: `add` to or `set` one element of the first output; or another shape or type."""
    if command["do"] == "reshape":
        return [values[0].reshape(-1), *values[1:]]
    if command["do"] == "retype":
        return [values[0].astype(np.float64), *values[1:]]
    if command["do"] == "bend" and sample == command["sample"]:
        at = tuple(int(part) for part in _list(command, "index"))
        values[0][at] = float(str(command["set"])) if "set" in command else values[0][at] + float(str(command["add"]))
    return values


def load_inferences(request: Request) -> List[Callable[[], object]]:
    ask(request)
    session = open_session(request.input("artifact"))
    return [functools.partial(session.run, None, sample.inputs) for sample in open_split(request).head()]


def open_session(artifact: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    return ort.InferenceSession(str(artifact / "model.onnx"), options, providers=["CPUExecutionProvider"])


def _mapping(command: Command, name: str) -> Mapping[str, object]:
    value = command.get(name, {})
    return value if isinstance(value, dict) else {}


def _list(command: Command, name: str) -> Sequence[object]:
    value = command.get(name, [])
    return value if isinstance(value, list) else []


if __name__ == "__main__":
    main({"compile": compile_model, "infer": infer}, measure=load_inferences)
