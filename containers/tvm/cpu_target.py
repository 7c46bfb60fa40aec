"""The CPU to generate code for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import tvm

from fettle_worker import WorkerError
from vector_unit import VectorUnit, vector_unit

#: Triples this toolchain links for -> the architecture's name in Fettle's facts.
ARCHITECTURES = {"x86_64-linux-gnu": "x86-64", "aarch64-linux-gnu": "aarch64"}


@dataclass(frozen=True)
class CpuTarget:
    triple: str
    cpu: str
    architecture: str
    unit: VectorUnit
    #: tvm.target.Target
    tvm: Any


def read_target(options: Mapping[str, object]) -> CpuTarget:
    """Reads a request's option `target`: `{"kind": "llvm", "mtriple", "mcpu"}`, with `num-cores` where it is known.

    Without an explicit triple TVM records the build machine's, under a name of its own, so both must be given. Raises
    WorkerError `toolchain-error` for a triple this worker does not link for and for a CPU that LLVM does not know.
    """
    triple, cpu = str(options["mtriple"]), str(options["mcpu"])
    if triple not in ARCHITECTURES:
        raise WorkerError("toolchain-error", f"the triple {triple!r} is none of {', '.join(ARCHITECTURES)}")
    if not tvm.target.codegen.llvm_is_valid_cpu(cpu, triple):
        raise WorkerError("toolchain-error", f"LLVM does not know the CPU {cpu!r} for {triple}")
    target = tvm.target.Target({"num-cores": 1, **options})

    def has(feature: str) -> bool:
        return bool(tvm.target.codegen.llvm_cpu_has_features([feature], target))

    architecture = ARCHITECTURES[triple]
    return CpuTarget(triple, cpu, architecture, vector_unit(architecture, has), target)
