"""A stand-in for PopRT, for tests alone: it records every call and takes what PopRT's own examples give it.

Not PopRT, and no proof that the worker works with it: only that the worker calls what those examples call (graphcore/PopRT
7487d65: examples/convert_compile_and_run.py, tools/export_popef.py, examples/custom_pattern_example/test_custom_pattern.py).
Numbers come from ONNX Runtime.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from recording import record


class Pass:
    @staticmethod
    def get_pass(name: str) -> Callable[[Any], Any]:
        record("get_pass", name=name)
        return lambda model: model
