"""Names of CPU features: LLVM's, which modules record, and /proc/cpuinfo's, which targets and hosts have. Pure."""

from __future__ import annotations

from collections.abc import Iterable

#: LLVM's name -> /proc/cpuinfo's, where they differ by more than a dot. LLVM counts CRC32 apart from SSE4.2, which brought it.
_X86 = {
    "x87": ("fpu",),
    "sahf": ("lahf_lm",),
    "lzcnt": ("abm",),
    "sse3": ("pni",),
    "crc32": ("sse4_2",),
    "bmi": ("bmi1",),
    "prfchw": ("3dnowprefetch",),
    "rdrnd": ("rdrand",),
    "sha": ("sha_ni",),
    "pclmul": ("pclmulqdq",),
    "avx512bf16": ("avx512_bf16",),
    "avx512vnni": ("avx512_vnni",),
    "avx512bitalg": ("avx512_bitalg",),
    "avx512vbmi2": ("avx512_vbmi2",),
    "avx512vpopcntdq": ("avx512_vpopcntdq",),
    "avx512fp16": ("avx512_fp16",),
    "avxvnni": ("avx_vnni",),
}

#: The same for AArch64 (LLVM's AArch64Features.td; the Linux kernel's elf_hwcaps.rst). What is not here gives a program no instruction
#: that generated code would use (`perfmon`, `ras`, `spe`) or is no feature at all (`v8.2a`, `reserve-x18`).
_ARM = {
    "fp-armv8": ("fp",),
    "neon": ("asimd",),
    "crc": ("crc32",),
    "dotprod": ("asimddp",),
    "fullfp16": ("asimdhp", "fphp"),
    "fp16fml": ("asimdfhm",),
    "lse": ("atomics",),
    "rcpc": ("lrcpc",),
    "rdm": ("asimdrdm",),
    "aes": ("aes", "pmull"),
    "sha2": ("sha1", "sha2"),
    "sha3": ("sha3", "sha512"),
    "sm4": ("sm3", "sm4"),
    "jsconv": ("jscvt",),
    "complxnum": ("fcma",),
    "ccpp": ("dcpop",),
    "ssbs": ("ssbs",),
    "sve": ("sve",),
    "sve2": ("sve2",),
    "bf16": ("bf16",),
    "i8mm": ("i8mm",),
    "sme": ("sme",),
}
#: What every 64-bit Arm CPU that runs Linux has, and LLVM does not list for its plainest CPU.
_ARM_BASE = frozenset({"asimd", "fp"})


def enabled(recorded: str) -> list[str]:
    """LLVM's features that a module's `cpu_features` turns on, in its order: `+a,+b,-a` leaves b."""
    state: dict[str, bool] = {}
    for entry in filter(None, recorded.split(",")):
        state[entry[1:]] = entry[0] == "+"
    return [name for name, on in state.items() if on]


def needed(features: Iterable[str], architecture: str) -> list[str]:
    """What LLVM's features are in the words of /proc/cpuinfo, sorted."""
    names = {name for feature in features for name in proc_names(feature, architecture)}
    return sorted(names | _ARM_BASE if architecture == "aarch64" else names)


def beyond(features: Iterable[str], architecture: str, allowed: Iterable[str]) -> list[str]:
    """LLVM's features among `features` that a CPU with the `allowed` ones, in the words of /proc/cpuinfo, may lack."""
    have = {*allowed, *(_ARM_BASE if architecture == "aarch64" else ())}
    return [feature for feature in features if not have.issuperset(proc_names(feature, architecture))]


def proc_names(feature: str, architecture: str) -> tuple[str, ...]:
    if architecture == "aarch64":
        return _ARM.get(feature, ())
    return _X86.get(feature, (feature.replace(".", "_").replace("-", "_"),))
