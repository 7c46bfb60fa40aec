"""A stand-in for PopRT, for tests alone: it records every call and takes what PopRT's own examples give it.

Not PopRT, and no proof that the worker works with it: only that the worker calls what those examples call (graphcore/PopRT
7487d65: examples/convert_compile_and_run.py, tools/export_popef.py, examples/custom_pattern_example/test_custom_pattern.py).
Numbers come from ONNX Runtime. Calls go, a JSON line each, to the file that POPART_CALLS names.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any


def record(call: str, **details: Any) -> None:
    with Path(os.environ["POPART_CALLS"]).open("a") as file:
        file.write(json.dumps([call, details]) + "\n")


class Pass:
    @staticmethod
    def get_pass(name: str) -> Callable[[Any], Any]:
        record("get_pass", name=name)
        return lambda model: model
