"""What is read of ELF files, and where symbols come from."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from worker_modules import load_module

elf = load_module("tvm", "elf")
symbols = load_module("tvm", "glibc_symbols")

EXTENSION = next(Path(np.__file__).parent.glob("_core/_multiarray_umath*.so"))


def test_a_real_shared_library() -> None:
    library = elf.ElfFile(EXTENSION.read_bytes())
    assert library.machine == {"x86_64": "x86-64"}.get(sys.implementation._multiarch.split("-")[0], "aarch64")
    assert "libc.so.6" in library.needed
    assert "PyInit__multiarray_umath" in library.exported
    assert "memcpy" in library.imported
    assert "memcpy" not in library.exported


@pytest.mark.parametrize("machine", ["x86-64", "aarch64"])
def test_the_empty_object_is_an_object_of_its_architecture(machine: str) -> None:
    found = elf.ElfFile(elf.empty_object(machine))
    assert (found.machine, found.undefined, found.defined, found.needed) == (machine, [], [], [])


@pytest.mark.parametrize("data", [b"", b"\x7fELF", b"MZ" + bytes(200), b"\x7fELF\x01\x01" + bytes(200)])
def test_other_bytes_are_no_elf_file(data: bytes) -> None:
    with pytest.raises(elf.NotElf):
        elf.ElfFile(data)


@pytest.mark.parametrize(
    ("name", "architecture", "glibc", "library", "version"),
    [
        ("expf", "x86-64", (2, 28), "libm.so.6", "GLIBC_2.27"),
        ("exp", "x86-64", (2, 28), "libm.so.6", "GLIBC_2.2.5"),
        ("exp", "x86-64", (2, 36), "libm.so.6", "GLIBC_2.29"),
        ("erff", "aarch64", (2, 28), "libm.so.6", "GLIBC_2.17"),
        ("memcpy", "x86-64", (2, 28), "libc.so.6", "GLIBC_2.14"),
        ("memcpy", "aarch64", (2, 28), "libc.so.6", "GLIBC_2.17"),
    ],
)
def test_the_newest_version_that_the_target_has(name: str, architecture: str, glibc: tuple[int, int], library: str, version: str) -> None:
    assert symbols.provider(name, architecture, glibc) == symbols.Provider(library, version)


def test_the_runtime_brings_its_own_and_strangers_are_refused() -> None:
    assert symbols.provider("TVMFFIErrorSetRaisedFromCStrParts", "x86-64", (2, 28)) is None
    with pytest.raises(symbols.UnknownSymbol):
        symbols.provider("cblas_sgemm", "x86-64", (2, 28))
