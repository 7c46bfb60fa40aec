"""What an artifact is called, and the versions of everything that shapes it."""

from __future__ import annotations

from importlib.metadata import version

#: The artifact's one file.
MODULE = "model.vmfb"

_COMPILING = ("iree-base-compiler", "iree-base-runtime", "numpy", "onnx")


def versions() -> dict[str, str]:
    return {name: version(name) for name in _COMPILING}


def runtime_versions() -> dict[str, str]:
    """What has to be installed, in this version, where an artifact runs: modules are bound to the runtime's own version."""
    return {"iree-base-runtime": version("iree-base-runtime")}
