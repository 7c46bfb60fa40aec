"""Writes down calls of the stand-ins, a JSON line each, in the file that POPART_CALLS names, if it does."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def record(call: str, **details: Any) -> None:
    if "POPART_CALLS" not in os.environ:
        return
    with Path(os.environ["POPART_CALLS"]).open("a") as file:
        file.write(json.dumps([call, details]) + "\n")
