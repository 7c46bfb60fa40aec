"""Links objects to a shared library with nothing of the build machine in it.

The linker is LLVM's, from the `ziglang` package; it links for every architecture. It needs no C library to link against: a
stub with the right name, symbols and versions is all a linker looks at, so stubs are made for just the symbols that are used.
"""

from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ziglang

from elf import ElfFile, empty_object
from fettle_worker import WorkerError
from glibc_symbols import Provider, UnknownSymbol, provider

_ZIG = Path(ziglang.__file__).with_name("zig")
_EMULATIONS = {"x86-64": "elf_x86_64", "aarch64": "aarch64linux"}
#: Both are what every loader of the last fifteen years reads; neither a build id nor a comment says where or when it was linked.
_OPTIONS = ("-shared", "--hash-style=gnu", "--build-id=none", "--strip-debug", "-z", "now", "-z", "noexecstack")


@dataclass(frozen=True)
class LinkTarget:
    architecture: str
    #: The glibc the library is to load with, as (major, minor).
    glibc: tuple[int, int]


def link(output: Path, objects: Sequence[Path], target: LinkTarget, scratch: Path) -> None:
    """Raises WorkerError `toolchain-error` where an object needs a symbol that a target may lack, or the linker fails."""
    stubs = _make_stubs(_undefined(objects), target, scratch)
    libraries = ["--push-state", "--as-needed", *map(str, stubs), "--pop-state"]
    _run([*_OPTIONS, "-m", _EMULATIONS[target.architecture], "-soname", output.name, "-o", str(output), *map(str, objects), *libraries])


def linker_version() -> str:
    return _run(["--version"]).split("(")[0].strip()


def _undefined(objects: Sequence[Path]) -> set[str]:
    """Names the objects want from outside: what one lacks and no other has."""
    files = [ElfFile(path.read_bytes()) for path in objects]
    return {name for file in files for name in file.undefined} - {name for file in files for name in file.defined}


def _make_stubs(names: set[str], target: LinkTarget, scratch: Path) -> list[Path]:
    wanted: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name in sorted(names):
        found = _provider(name, target)
        if found is not None:
            wanted[found.library][found.version].append(name)
    empty = scratch / "empty.o"
    empty.write_bytes(empty_object(target.architecture))
    return [_make_stub(scratch / library, versions, empty, target.architecture) for library, versions in sorted(wanted.items())]


def _make_stub(stub: Path, versions: dict[str, list[str]], empty: Path, architecture: str) -> Path:
    script = stub.with_name(f"{stub.name}.versions")
    lines = [f"{version} {{ global: {' '.join(f'{name};' for name in names)} }};" for version, names in sorted(versions.items())]
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    symbols = [f"--defsym={name}=0" for names in versions.values() for name in names]
    emulation = _EMULATIONS[architecture]
    _run(["-shared", "-m", emulation, "-soname", stub.name, f"--version-script={script}", *symbols, "-o", str(stub), str(empty)])
    return stub


def _provider(name: str, target: LinkTarget) -> Provider | None:
    try:
        return provider(name, target.architecture, target.glibc)
    except UnknownSymbol as error:
        message = f"the compiled model calls {name!r}, which neither the C library nor TVM's runtime is known to have"
        raise WorkerError("toolchain-error", message, {"keyLine": message}) from error


def _run(arguments: Sequence[str]) -> str:
    done = subprocess.run([str(_ZIG), "ld.lld", *arguments], capture_output=True, text=True, check=False)  # noqa: S603 - our own package
    if done.returncode != 0:
        key_line = next(iter(done.stderr.strip().splitlines()), f"exit status {done.returncode}")
        raise WorkerError("toolchain-error", f"the linker failed: {key_line}", {"keyLine": key_line})
    return done.stdout.strip()
