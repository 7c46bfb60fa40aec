"""From a request's target to iree-compile's flags, and from a module back to whether it is what was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from fettle_worker import Options, WorkerError
from vmfb import Vmfb

_TRIPLES = {"x86-64": "x86_64-unknown-linux-gnu", "aarch64": "aarch64-unknown-linux-gnu"}

#: API of a GPU target -> the HAL's device, and the option that names the architecture.
_GPUS = {
    "cuda": ("cuda", "--iree-cuda-target"),
    "rocm": ("hip", "--iree-rocm-target"),
    "vulkan": ("vulkan", "--iree-vulkan-target"),
}
_FORMATS = {"cuda": "cuda-nvptx", "hip": "rocm-hsaco", "vulkan": "vulkan-spirv", "local": "embedded-elf"}


@dataclass(frozen=True)
class Hardware:
    """`device` is the HAL's; `architecture` is that of the code made for it."""

    device: str
    architecture: str
    flags: tuple[str, ...]

    @property
    def is_cpu(self) -> bool:
        return self.device == "local"


def read_hardware(target: Options) -> Hardware:
    """Reads a request's target: a CPU's or a GPU's."""
    architecture = target.text("architecture")
    if target.text("device") == "cpu":
        flags = (
            "--iree-hal-target-device=local",
            "--iree-hal-local-target-device-backends=llvm-cpu",
            f"--iree-llvmcpu-target-triple={_TRIPLES[architecture]}",
            f"--iree-llvmcpu-target-cpu={target.text('cpu')}",
        )
        return Hardware("local", architecture, flags)
    device, option = _GPUS[target.text("api")]
    return Hardware(device, architecture, (f"--iree-hal-target-device={device}", f"{option}={architecture}"))


def check_module(module: Vmfb, hardware: Hardware) -> None:
    """Raises WorkerError `toolchain-error` where a module is for anything but the hardware: nothing in it could be trusted."""
    if module.asked.device != hardware.device:
        raise _another(f"the device {module.asked.device or '(none)'!r}", hardware)
    for executable in module.executables:
        if executable.format != _FORMATS[hardware.device]:
            raise _another(f"{executable.format} ({executable.name})", hardware)
        # A Vulkan target names abilities, not a chip; SPIR-V says no architecture.
        if hardware.device != "vulkan" and executable.architectures != (hardware.architecture,):
            raise _another(f"{', '.join(executable.architectures) or 'nothing'} ({executable.name})", hardware)


def _another(found: str, hardware: Hardware) -> WorkerError:
    return WorkerError("toolchain-error", f"IREE compiled for {found}, not for {hardware.device} {hardware.architecture}")
