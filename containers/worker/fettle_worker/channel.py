"""Who owns the standard streams.

Vendor libraries print where they like. At start the protocol takes a private copy of descriptor 1 and points descriptor 1
at standard error, so that whatever a library prints, from C++ too, goes to the log and is never taken for an answer. The
same is done with descriptor 0, so that no library eats a command. Child processes inherit neither copy.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Iterator


class Channel:
    """JSON lines out on the process's original standard output, JSON lines in from its original standard input."""

    def __init__(self, output: int, commands: int) -> None:
        self._output = output
        self._commands = commands

    def send(self, message: object) -> None:
        """Writes one line in full. Raises BrokenPipeError when nobody listens any more."""
        data = json.dumps(message, allow_nan=False, separators=(",", ":")).encode("utf-8") + b"\n"
        while data:
            data = data[os.write(self._output, data) :]

    def lines(self) -> Iterator[object]:
        """Each line as the JSON it holds, until the input ends. Raises ValueError for a line that is not JSON."""
        with os.fdopen(self._commands, "r", encoding="utf-8") as stream:
            # readline, not iteration: iteration reads ahead and would hold a command back.
            for line in iter(stream.readline, ""):
                if line.strip():
                    yield json.loads(line)


def take_standard_streams() -> Channel:
    """Moves the protocol to private descriptors; call it once, before any vendor library is loaded."""
    sys.stdout.flush()
    output, commands = os.dup(1), os.dup(0)  # os.dup gives descriptors that children do not inherit
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return Channel(output, commands)
