"""What was really built, read from TVM's modules and from the library itself rather than from what was asked for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import tvm
from cpu_target import CpuTarget
from elf import ElfFile
from fettle_worker import WorkerError

_TRIPLE = re.compile(r'^target triple = "([^"]+)"', re.MULTILINE)
_CPU = re.compile(r'"target-cpu"="([^"]+)"')
#: Registers in assembly by the vector unit they belong to, widest first.
_REGISTERS = {
    "avx-512": re.compile(r"%zmm\d"),
    "avx": re.compile(r"%ymm\d"),
    "sse": re.compile(r"%xmm\d"),
    "neon": re.compile(r"\bv\d+\.(?:4s|2d|8h|16b)"),
}


def read_back(module: tvm.runtime.Module, library: Path, target: CpuTarget) -> dict[str, object]:
    """Triple, CPU and vector registers of the generated code, and what the library says of itself.

    Raises WorkerError `toolchain-error` where code was made for another triple, CPU or machine than asked.
    """
    generated = [each for each in _walk(module) if each.kind == "llvm"]
    if not generated:
        raise WorkerError("toolchain-error", "TVM built no code for a CPU: its modules have none from LLVM")
    triples = sorted({found for each in generated for found in _TRIPLE.findall(each.inspect_source("ll"))})
    cpus = sorted({found for each in generated for found in _CPU.findall(each.inspect_source("ll"))})
    elf = ElfFile(library.read_bytes())
    for what, asked, found in (("triple", target.triple, triples), ("CPU", target.cpu, cpus), ("machine", target.architecture, [elf.machine])):
        if found != [asked]:
            raise WorkerError("toolchain-error", f"the {what} asked for is {asked}, the code was made for {', '.join(found) or 'none'}")
    return {
        "triple": triples[0],
        "cpu": cpus[0],
        "machine": elf.machine,
        "needed": elf.needed,
        "imported": elf.imported,
        "modules": sorted(Counter(each.kind for each in _walk(module))),
        "vectorInstructions": _vector_use("\n".join(each.inspect_source("asm") for each in generated)),
    }


def _walk(module: tvm.runtime.Module) -> Iterator[tvm.runtime.Module]:
    yield module
    for each in module.imports:
        yield from _walk(each)


def _vector_use(assembly: str) -> dict[str, int]:
    """Instructions that name a register of each unit."""
    lines = assembly.splitlines()
    counts = {name: sum(1 for line in lines if pattern.search(line)) for name, pattern in _REGISTERS.items()}
    return {name: count for name, count in counts.items() if count > 0}
