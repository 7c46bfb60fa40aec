"""Whether OpenVINO works on this host at all, found out where its death does no harm."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from fettle_worker import WorkerError

_PROGRAM = Path(__file__).with_name("smallest_model.py")
#: The model compiles in well under a second; a minute means that it hangs.
_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class HostCheck:
    cpu: str
    #: OpenVINO's OPTIMIZATION_CAPABILITIES: without BF16 among them bfloat16 runs as float32, without a word.
    capabilities: tuple[str, ...]
    #: OpenVINO's RUNTIME_REQUIREMENTS of what it compiles here: its version and the instruction set.
    requirements: str


def check_host() -> HostCheck:
    """Raises WorkerError `toolchain-error` if the smallest model does not compile and run, with the signal where there was one."""
    try:
        argv = [sys.executable, str(_PROGRAM)]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=False)  # noqa: S603 - our own file
    except subprocess.TimeoutExpired as error:
        raise WorkerError("toolchain-error", f"OpenVINO did not compile the smallest model in {_TIMEOUT_SECONDS} s on this CPU") from error
    if done.returncode != 0:
        raise _death(done.returncode, done.stderr)
    answer = json.loads(done.stdout.splitlines()[-1])
    if not answer["right"]:
        raise WorkerError("toolchain-error", "OpenVINO computes a product of small matrices wrongly on this CPU")
    return HostCheck(answer["cpu"], tuple(answer["capabilities"]), answer["requirements"])


def _death(status: int, log: str) -> WorkerError:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    key_line = lines[-1] if lines else ""
    if status < 0:
        name = signal.Signals(-status).name
        message = f"OpenVINO's compiler dies with {name} on this CPU, even on the smallest model"
        return WorkerError("toolchain-error", message, {"signal": name, "keyLine": key_line})
    return WorkerError("toolchain-error", f"OpenVINO does not work on this host: {key_line}", {"status": status, "keyLine": key_line})
