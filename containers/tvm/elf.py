"""Reads what a linker must know of an object, and what a shared library admits to: 64-bit little-endian ELF. Pure.

Layouts are those of the System V ABI's "Object files" and "Program loading" chapters: Elf64_Ehdr, Elf64_Shdr, Elf64_Sym, Elf64_Dyn.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SYMBOL = struct.Struct("<IBBHQQ")
_DYNAMIC = struct.Struct("<qQ")

_MACHINES = {62: "x86-64", 183: "aarch64"}
_SYMBOL_TABLE, _DYNAMIC_SECTION, _DYNAMIC_SYMBOLS = 2, 6, 11
_NEEDED = 1
_UNDEFINED, _LOCAL = 0, 0


class NotElf(ValueError):  # noqa: N818 - says what the bytes are
    """The bytes are no 64-bit little-endian ELF file."""


@dataclass(frozen=True)
class _Section:
    kind: int
    data: memoryview
    link: int


class ElfFile:
    """An object or a shared library."""

    def __init__(self, data: bytes) -> None:
        if len(data) < _HEADER.size or data[:6] != b"\x7fELF\x02\x01":
            raise NotElf("not a 64-bit little-endian ELF file")
        header = _HEADER.unpack_from(data)
        self._machine = header[2]
        view = memoryview(data)
        self._sections = [_read_section(view, header[6] + index * header[11]) for index in range(header[12])]

    @property
    def machine(self) -> str:
        """The architecture's name in Fettle's facts; a number for one it does not know."""
        return _MACHINES.get(self._machine, str(self._machine))

    @property
    def needed(self) -> list[str]:
        """The shared libraries this one asks the loader for."""
        found = []
        for section in self._of_kind(_DYNAMIC_SECTION):
            strings = self._sections[section.link].data
            found += [_text(strings, value) for tag, value in _DYNAMIC.iter_unpack(section.data) if tag == _NEEDED]
        return found

    @property
    def undefined(self) -> list[str]:
        """Names an object uses and does not have, sorted."""
        return sorted({name for name, index, binding in self._symbols(_SYMBOL_TABLE) if index == _UNDEFINED and binding != _LOCAL})

    @property
    def defined(self) -> list[str]:
        """Names an object offers to others, sorted."""
        return sorted({name for name, index, binding in self._symbols(_SYMBOL_TABLE) if index != _UNDEFINED and binding != _LOCAL})

    @property
    def imported(self) -> list[str]:
        """Names a shared library wants from others, sorted."""
        return sorted({name for name, index, binding in self._symbols(_DYNAMIC_SYMBOLS) if index == _UNDEFINED and binding != _LOCAL})

    @property
    def exported(self) -> list[str]:
        """Names a shared library offers, sorted."""
        return sorted({name for name, index, binding in self._symbols(_DYNAMIC_SYMBOLS) if index != _UNDEFINED and binding != _LOCAL})

    def _symbols(self, kind: int) -> Iterator[tuple[str, int, int]]:
        for section in self._of_kind(kind):
            strings = self._sections[section.link].data
            for name, info, _, index, _, _ in _SYMBOL.iter_unpack(section.data):
                if name:
                    yield _text(strings, name), index, info >> 4

    def _of_kind(self, kind: int) -> list[_Section]:
        return [section for section in self._sections if section.kind == kind]


def empty_object(machine: str) -> bytes:
    """The smallest relocatable object of an architecture: a header and the one section every object has."""
    number = next(number for number, name in _MACHINES.items() if name == machine)
    header = _HEADER.pack(
        b"\x7fELF\x02\x01\x01".ljust(16, b"\0"), 1, number, 1, 0, 0, _HEADER.size, 0, _HEADER.size, 0, 0, _SECTION.size, 1, 0
    )
    return header + bytes(_SECTION.size)


def _read_section(view: memoryview, offset: int) -> _Section:
    _, kind, _, _, start, size, link, _, _, _ = _SECTION.unpack_from(view, offset)
    no_bits = 8
    return _Section(kind, view[start : start if kind == no_bits else start + size], link)


def _text(strings: memoryview, offset: int) -> str:
    data = bytes(strings[offset : offset + 4096])
    return data[: data.index(b"\0")].decode("utf-8", "replace")
