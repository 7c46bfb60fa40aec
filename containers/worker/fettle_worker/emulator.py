"""Programs of another architecture, run by an emulator of the machine's (QEMU's user mode)."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Dict, Sequence

from fettle_worker.errors import WorkerError

if TYPE_CHECKING:
    from fettle_worker.options import Options


class Emulator:
    """The emulator that a request names, with the C library and the CPU that it is to be."""

    def __init__(self, fields: "Options") -> None:
        self.name = fields.text("name")
        self.version = fields.text("version")
        self.cpu = fields.text("cpu")
        self.libc = fields.text("libc")
        self._path = fields.text("path")
        self._root = fields.text("root")

    @property
    def title(self) -> str:
        return f"{self.name} {self.version}"

    def facts(self) -> Dict[str, str]:
        """What ran, for the facts of `infer`."""
        return {"name": self.name, "version": self.version, "cpu": self.cpu, "libc": self.libc}

    def run(self, words: Sequence[str], folder: Path) -> "subprocess.CompletedProcess[str]":
        """Runs a program to its end, in `folder`, where a core file would go. A status other than 0 is the caller's to explain.

        Raises WorkerError `toolchain-error` where the emulator does not start or a signal ended the program. QEMU ends by the signal that
        its program gets: SIGILL is an instruction that the emulated CPU does not have.
        """
        command = [self._path, "-L", self._root, "-cpu", self.cpu, *words]
        try:
            # The emulator that Fettle found, and a program of the worker's own environment.
            ended = subprocess.run(  # noqa: S603
                command, cwd=str(folder), stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace", check=False
            )
        except OSError as error:
            raise WorkerError("toolchain-error", f"{self.title} does not start here: {error}") from error
        if ended.returncode < 0:
            raise self._killed(-ended.returncode, ended.stderr)
        return ended

    def _killed(self, number: int, complaint: str) -> WorkerError:
        name = signal.Signals(number).name
        lines = [line.strip() for line in complaint.splitlines() if line.strip()]
        details = {"keyLine": lines[-1][:400] if lines else name}
        if number == signal.SIGILL:
            message = f"It uses an instruction that {self.cpu} lacks ({name}), as {self.title} emulates that CPU"
            return WorkerError("toolchain-error", message, details)
        return WorkerError("toolchain-error", f"It crashed with {name} under {self.title} as {self.cpu}", details)
