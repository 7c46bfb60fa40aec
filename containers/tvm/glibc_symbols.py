"""Which library of glibc, and which version of a symbol, compiled loops link against. Pure.

Versions are those of glibc's `sysdeps/unix/sysv/linux/{x86_64/64,aarch64}/lib{c,m}.abilist`: everything here has been there
since the architecture's first release; some functions were renewed since, and the newest the target's glibc has is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

_BASE = {"x86-64": "GLIBC_2.2.5", "aarch64": "GLIBC_2.17"}

#: Faster, and without the old error handling.
_RENEWED = dict.fromkeys(("expf", "exp2f", "logf", "log2f", "powf"), (2, 27)) | dict.fromkeys(
    ("exp", "exp2", "log", "log2", "pow"), (2, 29)
)

_MATH_STEMS = (
    "acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp2 expm1 fabs floor fma fmax fmin fmod "
    "hypot ldexp lgamma log log10 log1p log2 nearbyint nextafter pow remainder rint round sin sinh sqrt tan tanh tgamma trunc"
)
_MATH = frozenset(name for stem in _MATH_STEMS.split() for name in (stem, f"{stem}f"))

_C = frozenset({"memcpy", "memmove", "memset", "memcmp", "abort"})
#: Renewed for x86-64 alone, where the old one copes with overlapping blocks.
_C_VERSION = {("x86-64", "memcpy"): "GLIBC_2.14"}

#: What the runtime that loads the library brings; the loader finds it without being told a library.
_RUNTIME_PREFIXES = ("TVM", "__tvm")


class UnknownSymbol(ValueError):  # noqa: N818 - says what the name is
    """A name that neither the C library nor TVM's runtime is known to offer."""


@dataclass(frozen=True)
class Provider:
    library: str
    version: str


def provider(name: str, architecture: str, glibc: tuple[int, int]) -> Provider | None:
    """Where a target with that glibc has a symbol from; None for those of TVM's runtime. Raises UnknownSymbol for any other."""
    if name.startswith(_RUNTIME_PREFIXES):
        return None
    if name in _MATH:
        renewed = _RENEWED.get(name)
        version = f"GLIBC_{renewed[0]}.{renewed[1]}" if renewed and renewed <= glibc else _BASE[architecture]
        return Provider("libm.so.6", version)
    if name in _C:
        return Provider("libc.so.6", _C_VERSION.get((architecture, name), _BASE[architecture]))
    raise UnknownSymbol(name)
