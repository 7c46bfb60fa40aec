"""Which extensions of x86-64 the machine code of an executable really uses, by disassembling all of it."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import capstone
from capstone import x86_const as x86

#: Capstone's groups -> /proc/cpuinfo's names. AVX-512 on registers of less than 512 bits needs VL, which is a group of its own.
_GROUPS = {
    x86.X86_GRP_AES: "aes",
    x86.X86_GRP_AVX: "avx",
    x86.X86_GRP_AVX2: "avx2",
    x86.X86_GRP_AVX512: "avx512f",
    x86.X86_GRP_BMI: "bmi1",
    x86.X86_GRP_BMI2: "bmi2",
    x86.X86_GRP_BWI: "avx512bw",
    x86.X86_GRP_CDI: "avx512cd",
    x86.X86_GRP_DQI: "avx512dq",
    x86.X86_GRP_F16C: "f16c",
    x86.X86_GRP_FMA: "fma",
    x86.X86_GRP_FMA4: "fma4",
    x86.X86_GRP_PCLMUL: "pclmulqdq",
    x86.X86_GRP_SHA: "sha_ni",
    x86.X86_GRP_SSE1: "sse",
    x86.X86_GRP_SSE2: "sse2",
    x86.X86_GRP_SSE3: "pni",
    x86.X86_GRP_SSE41: "sse4_1",
    x86.X86_GRP_SSE42: "sse4_2",
    x86.X86_GRP_SSSE3: "ssse3",
    x86.X86_GRP_VLX: "avx512vl",
    x86.X86_GRP_XOP: "xop",
}
#: Instructions that capstone puts into no group.
_INSTRUCTIONS = {x86.X86_INS_LZCNT: "abm", x86.X86_INS_POPCNT: "popcnt", x86.X86_INS_MOVBE: "movbe", x86.X86_INS_TZCNT: "bmi1"}

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_EXECUTABLE_FLAG = 4


def extensions_used(elf: bytes) -> list[str]:
    """Names of /proc/cpuinfo, sorted, for the instructions in a 64-bit ELF library's executable sections."""
    reader = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
    reader.detail = True
    # Data between functions, such as jump tables, must not end the reading.
    reader.skipdata = True
    found: set[str] = set()
    for code in _executable_sections(elf):
        for instruction in reader.disasm(code, 0):
            if instruction.id == 0:
                continue
            found.update(_GROUPS[group] for group in instruction.groups if group in _GROUPS)
            if instruction.id in _INSTRUCTIONS:
                found.add(_INSTRUCTIONS[instruction.id])
    return sorted(found)


def _executable_sections(elf: bytes) -> Iterator[bytes]:
    header = _HEADER.unpack_from(elf)
    for index in range(header[12]):
        _, _, flags, _, start, size, *_ = _SECTION.unpack_from(elf, header[6] + index * header[11])
        if flags & _EXECUTABLE_FLAG:
            yield elf[start : start + size]
