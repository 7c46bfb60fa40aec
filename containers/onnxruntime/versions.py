"""Versions of what shapes this worker's results."""

from __future__ import annotations

import platform

import numpy as np
import onnxruntime as ort


def versions() -> dict[str, str]:
    return {"onnxruntime": ort.__version__, "numpy": np.__version__, "python": platform.python_version()}
