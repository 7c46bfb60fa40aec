"""Keeps what is compiled for a CPU within the features its target has."""

from __future__ import annotations

import tempfile
from pathlib import Path

from compiler import compile_module
from cpu_features import beyond, enabled
from fettle_worker import Options, WorkerError
from hardware import Hardware
from machine_code import extensions_used
from vmfb import Vmfb, read_vmfb

#: The smallest module with code in it: what it records are the features that LLVM gives a CPU of this name.
_SMALLEST = b"""func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = arith.addf %x, %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
"""


def restrict(hardware: Hardware, target: Options) -> tuple[tuple[str, ...], list[str]]:
    """Flags that turn off what LLVM assumes of the CPU and the target does not have, and notes about them.

    LLVM counts as a CPU's what its maker may leave out: cryptography of a Cortex-A76. Raises WorkerError for an unknown CPU.
    """
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch) / "smallest.vmfb"
        compile_module(_SMALLEST, hardware.flags, output, {})
        assumed = enabled(read_vmfb(output).asked.cpu_features)
    excess = beyond(assumed, hardware.architecture, target.texts("features"))
    if not excess:
        return (), []
    flags = ",".join(f"-{feature}" for feature in excess)
    return (f"--iree-llvmcpu-target-cpu-features={flags}",), [f"compiled without {', '.join(excess)}, which not every such CPU has"]


def check_code(module: Vmfb, hardware: Hardware, target: Options) -> dict[str, object]:
    """Facts about the code, read back. Raises WorkerError `toolchain-error` if it needs more than the target has."""
    features = enabled(module.asked.cpu_features)
    facts: dict[str, object] = {"triple": module.asked.triple, "cpu": module.asked.cpu, "features": features}
    excess = beyond(features, hardware.architecture, target.texts("features"))
    if hardware.architecture == "x86-64":
        used = sorted({name for executable in module.executables for name in extensions_used(executable.data)})
        facts["extensionsUsed"] = used
        excess += [name for name in used if name not in target.texts("features")]
    if excess:
        raise WorkerError("toolchain-error", f"IREE compiled code that needs {', '.join(excess)}, which the target does not have")
    return facts
