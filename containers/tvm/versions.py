"""Versions of everything that shapes what this worker makes."""

from __future__ import annotations

from importlib.metadata import version

_RUNTIME = ("apache-tvm", "apache-tvm-ffi")
_COMPILING = (*_RUNTIME, "numpy", "onnx", "ziglang")


def versions() -> dict[str, str]:
    return {name: version(name) for name in _COMPILING}


def runtime_versions() -> dict[str, str]:
    """What has to be installed, in these versions, where a library runs."""
    return {name: version(name) for name in _RUNTIME}
