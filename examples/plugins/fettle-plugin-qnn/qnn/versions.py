"""Versions of what shapes this worker's results."""

from __future__ import annotations

from importlib.metadata import version

_PACKAGES = ("onnxruntime-qnn", "onnxruntime", "numpy")


def versions() -> dict[str, str]:
    return {name: version(name) for name in _PACKAGES}
