"""Reads a compiled module back: which executables lie in it, and what each says it is for. Pure.

iree-compile writes a module as a ZIP archive of stored files that is a FlatBuffer at the same time: `module.fb` is the program, and each
other `.so` or `.fb` an executable in a format of the HAL (iree/schemas): an ELF library; `CDA1` with PTX; `HIP1` with AMDGPU code
objects; `VKE1` with SPIR-V. What the compiler was asked for stands in the program as text; what it made is in the executables.
"""

from __future__ import annotations

import re
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

_PROGRAM = "module.fb"
_MACHINES = {62: "x86-64", 183: "aarch64"}
_AMDGPU = 224
#: EF_AMDGPU_MACH of an AMDGPU code object's e_flags -> architecture (LLVM, User Guide for AMDGPU Backend, "ELF Code Object").
_AMDGPU_MACHINES = {0x30: "gfx908", 0x3F: "gfx90a", 0x41: "gfx1100", 0x4C: "gfx942", 0x4E: "gfx1201", 0x4F: "gfx950"}

_SPIRV_MAGIC = struct.pack("<I", 0x07230203)
_OP_EXTENSION, _OP_CAPABILITY = 10, 17
#: SPIR-V Specification, section 3.2.30 "Capability": those that IREE's shaders use; others keep their number.
_CAPABILITIES = {
    0: "Matrix",
    1: "Shader",
    9: "Float16",
    10: "Float64",
    11: "Int64",
    22: "Int16",
    39: "Int8",
    61: "GroupNonUniform",
    63: "GroupNonUniformArithmetic",
    65: "GroupNonUniformShuffle",
    4433: "StorageBuffer16BitAccess",
    4448: "StorageBuffer8BitAccess",
    5345: "VulkanMemoryModel",
    5347: "PhysicalStorageBufferAddresses",
    6018: "DotProductInput4x8BitPacked",
    6019: "DotProduct",
    6022: "CooperativeMatrixKHR",
}


class NotModule(ValueError):  # noqa: N818 - says what the bytes are
    """The file is no module that iree-compile wrote in its default form."""


@dataclass(frozen=True)
class Executable:
    """`format` is the HAL's name without its version; `architectures` what its code is for, empty for SPIR-V; `needs` what else it says."""

    name: str
    format: str
    architectures: tuple[str, ...]
    needs: tuple[str, ...]
    data: bytes


@dataclass(frozen=True)
class Asked:
    """The target a module was compiled for, as the compiler recorded it; empty where it recorded nothing."""

    device: str
    backend: str
    format: str
    triple: str
    cpu: str
    cpu_features: str
    architecture: str


@dataclass(frozen=True)
class Vmfb:
    asked: Asked
    executables: tuple[Executable, ...]

    def summary(self) -> dict[str, object]:
        """All executables together: how many, in which formats, for what, needing what."""
        return {
            "count": len(self.executables),
            "bytes": sum(len(executable.data) for executable in self.executables),
            "formats": sorted({executable.format for executable in self.executables}),
            "architectures": sorted({name for executable in self.executables for name in executable.architectures}),
            "needs": sorted({need for executable in self.executables for need in executable.needs}),
        }


def read_vmfb(path: Path) -> Vmfb:
    """Raises NotModule for a file that is no such archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if _PROGRAM not in names:
                raise NotModule(f"{path.name} holds no {_PROGRAM}")
            program = archive.read(_PROGRAM)
            # Constants are neither: they can be gigabytes.
            parts = {name: archive.read(name) for name in names if name != _PROGRAM and name.endswith((".so", ".fb"))}
    except zipfile.BadZipFile as error:
        raise NotModule(f"{path.name} is no module of iree-compile: {error}") from error
    return Vmfb(_asked(program), tuple(_executable(name, data) for name, data in parts.items()))


def _asked(program: bytes) -> Asked:
    start = program.find(b"#hal.device.target<")
    text = program[start : program.find(b"\0", start)].decode("utf-8", "replace") if start >= 0 else ""
    executable = re.search(r'#hal\.executable\.target<"([^"]*)", "([^"]*)"', text)
    return Asked(
        device=_first(r'#hal\.device\.target<"([^"]*)"', text),
        backend=executable.group(1) if executable else "",
        format=executable.group(2) if executable else "",
        triple=_first(r'target_triple = "([^"]*)"', text),
        cpu=_first(r'\bcpu = "([^"]*)"', text),
        cpu_features=_first(r'\bcpu_features = "([^"]*)"', text),
        architecture=_first(r'\barch = "([^"]*)"', text),
    )


def _executable(name: str, data: bytes) -> Executable:
    if data.startswith(b"\x7fELF"):
        machine = struct.unpack_from("<H", data, 18)[0]
        return Executable(name, "embedded-elf", (_MACHINES.get(machine, str(machine)),), (), data)
    magic = data[:4]
    if magic == b"CDA1":
        return Executable(name, "cuda-nvptx", _texts(rb"\.target (sm_\w+)", data), _texts(rb"\.version (\d+\.\d+)", data, "PTX "), data)
    if magic == b"HIP1":
        return Executable(name, "rocm-hsaco", _code_objects(data), (), data)
    if magic == b"VKE1":
        return _spirv(name, data)
    raise NotModule(f"{name} is an executable in no format this reader knows")


def _code_objects(data: bytes) -> tuple[str, ...]:
    found = set()
    for match in re.finditer(rb"\x7fELF\x02\x01", data):
        machine, flags = struct.unpack_from("<H", data, match.start() + 18)[0], struct.unpack_from("<I", data, match.start() + 48)[0]
        if machine == _AMDGPU:
            found.add(_AMDGPU_MACHINES.get(flags & 0xFF, f"EF_AMDGPU_MACH {flags & 0xFF:#x}"))
    return tuple(sorted(found))


def _spirv(name: str, data: bytes) -> Executable:
    needs: set[str] = set()
    for match in re.finditer(re.escape(_SPIRV_MAGIC), data):
        if match.start() % 4 == 0:
            needs |= _module_needs(data, match.start())
    return Executable(name, "vulkan-spirv", (), tuple(sorted(needs)), data)


def _module_needs(data: bytes, start: int) -> set[str]:
    """Version, and capabilities and extensions, which stand first in every SPIR-V module (section 2.4 "Logical Layout")."""
    version = struct.unpack_from("<I", data, start + 4)[0]
    at, needs = start + 20, {f"SPIR-V {version >> 16 & 0xFF}.{version >> 8 & 0xFF}"}
    while at + 4 <= len(data):
        word = struct.unpack_from("<I", data, at)[0]
        operation, length = word & 0xFFFF, 4 * (word >> 16)
        if operation == _OP_CAPABILITY:
            number = struct.unpack_from("<I", data, at + 4)[0]
            needs.add(_CAPABILITIES.get(number, f"capability {number}"))
        elif operation == _OP_EXTENSION:
            needs.add(data[at + 4 : at + length].split(b"\0")[0].decode("utf-8", "replace"))
        else:
            break
        at += length
    return needs


def _texts(pattern: bytes, data: bytes, prefix: str = "") -> tuple[str, ...]:
    return tuple(sorted({f"{prefix}{found.decode()}" for found in re.findall(pattern, data)}))


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found.group(1) if found else ""
