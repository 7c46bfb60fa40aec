"""What a recipe says of the sizes of inputs: one for each dimension, or a range that leaves it open within limits."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from fettle_worker import AxisRange

#: A size, the name of a symbolic size, or None for one without a name.
Dim = int | str | None

#: Names that exporters give to any dimension they do not know: equal ones need not be equal sizes. As in Fettle's own checks.
_NO_NAME = re.compile(r"\?|unk__\d+|None|-1|dyn.*|.*DynamicDimension.*")


@dataclass(frozen=True)
class SizeRange:
    """Every size from `min` to `max`; speed is claimed for `opt`."""

    min: int
    opt: int
    max: int

    def __str__(self) -> str:
        return f"{self.min}..{self.max}"


Size = int | SizeRange


@dataclass
class Meanings:
    """What the recipe makes of each name that the model has for a size."""

    _sizes: dict[str, set[Size]] = field(default_factory=lambda: defaultdict(set))
    _given: set[str] = field(default_factory=set)

    def add(self, dims: Iterable[Dim], wanted: Iterable[Size]) -> None:
        for dim, size in zip(dims, wanted, strict=False):
            if isinstance(dim, str):
                self._sizes[dim].add(size)

    def fixed(self) -> dict[str, int]:
        """Names that stand for one size."""
        single = {name: next(iter(sizes)) for name, sizes in self._sizes.items() if len(sizes) == 1}
        return {name: size for name, size in single.items() if isinstance(size, int)}

    def divided(self) -> dict[str, str]:
        """Names that stand for several sizes -> those in words."""
        several = {name: sizes for name, sizes in sorted(self._sizes.items()) if len(sizes) > 1}
        return {name: " and ".join(map(_words, sorted(sizes, key=_order))) for name, sizes in several.items()}

    def open_axes(self, name: str, dims: Sequence[Dim] | None, wanted: Sequence[Size]) -> tuple[AxisRange, ...]:
        """The open dimensions of an input. One keeps the model's name where that has one meaning; else it gets a name of its own, since
        readers take equal names for equal sizes."""
        found = []
        for axis, size in enumerate(wanted):
            if isinstance(size, SizeRange):
                dim = dims[axis] if dims is not None else None
                kept = isinstance(dim, str) and not _NO_NAME.fullmatch(dim) and len(self._sizes[dim]) == 1
                found.append(AxisRange(axis, dim if kept and isinstance(dim, str) else self._own(name, axis), size.min, size.opt, size.max))
        return tuple(found)

    def _own(self, name: str, axis: int) -> str:
        own = f"{name}_{axis}"
        while own in self._sizes or own in self._given:
            own += "_"
        self._given.add(own)
        return own


def _words(size: Size) -> str:
    return str(size) if isinstance(size, int) else f"{size} (opt {size.opt})"


def _order(size: Size) -> tuple[int, int, int]:
    return (size, size, size) if isinstance(size, int) else (size.min, size.max, size.opt)
