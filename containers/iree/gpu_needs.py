"""What a module for a GPU needs of the machine that runs it. Pure."""

from __future__ import annotations

from fettle_worker import Options
from vmfb import Vmfb

#: Compute capabilities that exist. PTX for one is compiled by the driver for that and every later one (NVIDIA, CUDA C++ Programming
#: Guide, "PTX Compatibility").
_CAPABILITIES = (70, 72, 75, 80, 86, 87, 88, 89, 90, 100, 103, 110, 120, 121)

#: Version of PTX -> branch of the oldest driver that reads it (NVIDIA, Parallel Thread Execution ISA, "Release Notes").
_DRIVERS = {
    (7, 6): "510",
    (7, 7): "515",
    (7, 8): "520",
    (8, 0): "525",
    (8, 1): "530",
    (8, 2): "535",
    (8, 3): "545",
    (8, 4): "550",
    (8, 5): "555",
    (8, 6): "565",
    (8, 7): "570",
    (8, 8): "575",
}


def required_device(module: Vmfb, target: Options) -> dict[str, object]:
    """`requires.device` of the artifact's facts."""
    api, architecture = target.text("api"), target.text("architecture")
    common = {"device": "gpu", "vendor": target.text("vendor")}
    if api == "cuda":
        return {**common, "architectures": _later(architecture), "driver": _oldest_driver(module)}
    # A Vulkan target names abilities and no chip; any GPU of the maker may have them.
    return {**common, "architectures": [] if api == "vulkan" else [architecture], "driver": None}


def _later(architecture: str) -> list[str]:
    own = int(architecture.removeprefix("sm_"))
    return [architecture, *(f"sm_{number}" for number in _CAPABILITIES if number > own)]


def _oldest_driver(module: Vmfb) -> str | None:
    versions = [need.removeprefix("PTX ") for executable in module.executables for need in executable.needs if need.startswith("PTX ")]
    if not versions:
        return None
    newest = max((int(major), int(minor)) for major, minor in (version.split(".") for version in versions))
    return _DRIVERS.get(newest)
