"""What was really built, read back from the compiler's own output and from the library. Pure."""

from __future__ import annotations

import re
from collections import Counter

_TRIPLE = re.compile(r'^target triple = "(?P<triple>[^"]+)"', re.MULTILINE)
_CPU = re.compile(r'"target-cpu"="(?P<cpu>[^"]+)"')

#: Vector registers as they stand in assembly: AT&T syntax for x86-64, GNU's for AArch64.
_REGISTERS = {
    "x86-64": re.compile(r"%(xmm|ymm|zmm)\d+"),
    "aarch64": re.compile(r"\bv\d+\.(4s|2d|8h|16b)\b|\b[qd]\d+\b"),
}
_MULTIPLY_ADD = {"x86-64": re.compile(r"\bvfm(?:add|sub)\d+(ps|ss)\b"), "aarch64": re.compile(r"\bfml[as]\b")}


def llvm_facts(text: str) -> dict[str, object]:
    """Triple and CPUs that a module in LLVM's textual form was made for."""
    triple = _TRIPLE.search(text)
    return {"triple": triple.group("triple") if triple else None, "targetCpu": sorted(set(_CPU.findall(text)))}


def assembly_facts(text: str, architecture: str) -> dict[str, object]:
    """How often each kind of vector register is named and how many multiply-adds there are, packed (ps) and scalar (ss)."""
    registers = Counter(match.group(1) or "scalar" for match in _REGISTERS[architecture].finditer(text))
    fused = Counter(match.group(1) if match.re.groups else "all" for match in _MULTIPLY_ADD[architecture].finditer(text))
    return {"vectorRegisters": dict(sorted(registers.items())), "multiplyAdds": dict(sorted(fused.items()))}
