"""Runs workers as Fettle does: a workspace, a process, a result."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
CONTAINERS = REPOSITORY / "containers"
PROTOCOL = CONTAINERS / "worker"


@dataclass
class Ended:
    """How a worker ended. `answers` are the JSON lines of its protocol channel, `log` what it and its libraries printed."""

    code: int
    answers: list[Any]
    log: str
    result: Any
    out: Path

    @property
    def facts(self) -> dict[str, Any]:
        assert self.result is not None, self.log
        assert self.result["ok"], self.result
        facts: dict[str, Any] = self.result["facts"]
        return facts

    @property
    def error(self) -> dict[str, Any]:
        assert self.code == 3, self.log
        error: dict[str, Any] = self.result["error"]
        return error


def run_worker(worker: Path, workspace: Path, request: dict[str, Any], commands: str = "", python: str = sys.executable) -> Ended:
    """`request` needs `verb`; inputs are absolute paths. `commands` is the worker's standard input."""
    shutil.rmtree(workspace, ignore_errors=True)
    workspace.mkdir(parents=True)
    document = {"protocol": 1, "inputs": {}, "options": {}, "target": None, "threads": 1, **request}
    (workspace / "request.json").write_text(json.dumps(document))
    ended = subprocess.run(
        [python, str(worker), str(workspace)],
        env={**os.environ, "PYTHONPATH": str(PROTOCOL), "PYTHONDONTWRITEBYTECODE": "1"},
        input=commands,
        capture_output=True,
        text=True,
        check=False,
    )
    result = workspace / "result.json"
    return Ended(
        ended.returncode,
        [json.loads(line) for line in ended.stdout.splitlines()],
        ended.stderr,
        json.loads(result.read_text()) if result.exists() else None,
        workspace / "out",
    )


def toolchain(name: str) -> Path:
    return CONTAINERS / name / "worker.py"
