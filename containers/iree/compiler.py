"""iree-compile as a program: its flags, its run, and the one limit that is raised when a model needs it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from iree.compiler.tools.binaries import find_tool

from compile_failure import compile_failure, is_stack_limit, unknown_cpu
from fettle_worker import WorkerError

#: What one function may take of the stack, in bytes: IREE's own default, and what a model gets that does not fit into it. Four
#: times the default still fits any thread that runs it: the runtime's own threads get `session.WORKER_STACK`.
_STACK = 32768
_LARGER_STACK = 131072

#: Nothing of the build machine may stay in a module, and the debug tables would be a tenth of its code.
_PLAIN = ("--iree-vm-bytecode-module-strip-source-map", "--iree-llvmcpu-debug-symbols=false")


def compile_module(source: bytes, flags: Sequence[str], output: Path, nodes: Mapping[str, tuple[str, str]]) -> list[str]:
    """Compiles MLIR to the module `output` and returns notes for the user.

    `nodes` maps names in the source's locations to ONNX nodes. Raises WorkerError where IREE cannot compile it.
    """
    ended = _run(source, [*flags, *_PLAIN], output)
    unknown = unknown_cpu(ended.stderr)
    if unknown is not None:
        raise unknown
    if ended.returncode != 0 and is_stack_limit(ended.stderr):
        larger = f"--iree-llvmcpu-stack-allocation-limit={_LARGER_STACK}"
        ended = _run(source, [*flags, *_PLAIN, larger], output)
        if ended.returncode == 0:
            return [f"a kernel needs more of the stack than IREE's limit of {_STACK} bytes: compiled with {larger}"]
    if ended.returncode != 0:
        raise compile_failure(ended.stderr, ended.returncode, nodes)
    return []


def _run(source: bytes, flags: Sequence[str], output: Path) -> subprocess.CompletedProcess[str]:
    # The name of the source is part of the module: it is the same whatever is compiled where.
    scratch = output.parent / "main.mlirbc"
    scratch.write_bytes(source)
    command = [find_tool("iree-compile"), scratch.name, *flags, "-o", output.name]
    try:
        ended = subprocess.run(  # noqa: S603
            command, cwd=output.parent, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
        )
    except OSError as error:
        raise WorkerError("toolchain-error", f"iree-compile cannot be started: {error}") from error
    finally:
        scratch.unlink()
    sys.stderr.write(f"{' '.join(command)}\n{ended.stdout}{ended.stderr}\n")
    return ended
