"""Compiled modules read back, and what CPUs are called by LLVM and by Linux. The modules are real: test/fixtures/iree."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from worker_modules import load_module
from workspace import CONTAINERS

from fettle_worker import Options, WorkerError

vmfb = load_module("iree", "vmfb")
hardware = load_module("iree", "hardware")
features = load_module("iree", "cpu_features")
needs = load_module("iree", "gpu_needs")

MODULES = CONTAINERS.parent / "test" / "fixtures" / "iree"

CPU: dict[str, object] = {"device": "cpu", "architecture": "x86-64", "cpu": "x86-64-v3"}
TARGETS: dict[str, dict[str, object]] = {
    "x86-64-v3": CPU,
    "cortex-a76": {"device": "cpu", "architecture": "aarch64", "cpu": "cortex-a76"},
    "sm_89": {"device": "gpu", "vendor": "nvidia", "api": "cuda", "architecture": "sm_89"},
    "gfx942": {"device": "gpu", "vendor": "amd", "api": "rocm", "architecture": "gfx942"},
    "vulkan-ampere": {"device": "gpu", "vendor": "any", "api": "vulkan", "architecture": "ampere"},
}


@pytest.mark.parametrize(
    ("name", "format_", "architectures", "needed"),
    [
        ("x86-64-v3", "embedded-elf", ["x86-64"], []),
        ("cortex-a76", "embedded-elf", ["aarch64"], []),
        ("sm_89", "cuda-nvptx", ["sm_89"], ["PTX 8.4"]),
        ("gfx942", "rocm-hsaco", ["gfx942"], []),
        ("vulkan-ampere", "vulkan-spirv", [], ["Matrix", "SPIR-V 1.0", "SPV_KHR_storage_buffer_storage_class", "Shader"]),
    ],
)
def test_what_lies_in_a_module(name: str, format_: str, architectures: list[str], needed: list[str]) -> None:
    summary = vmfb.read_vmfb(MODULES / f"{name}.vmfb").summary()
    assert (summary["count"], summary["formats"], summary["architectures"], summary["needs"]) == (1, [format_], architectures, needed)


def test_what_the_compiler_recorded() -> None:
    asked = vmfb.read_vmfb(MODULES / "x86-64-v3.vmfb").asked
    assert (asked.device, asked.backend, asked.format, asked.cpu) == ("local", "llvm-cpu", "embedded-elf-x86_64", "x86-64-v3")
    assert vmfb.read_vmfb(MODULES / "gfx942.vmfb").asked.architecture == "gfx942"


@pytest.mark.parametrize("made_for", TARGETS)
@pytest.mark.parametrize("asked_for", TARGETS)
def test_a_module_passes_for_its_own_target_and_no_other(made_for: str, asked_for: str) -> None:
    module = vmfb.read_vmfb(MODULES / f"{made_for}.vmfb")
    wanted = hardware.read_hardware(Options(TARGETS[asked_for]))
    if made_for == asked_for:
        hardware.check_module(module, wanted)
    else:
        with pytest.raises(WorkerError, match="IREE compiled for"):
            hardware.check_module(module, wanted)


def test_a_module_for_an_earlier_gpu_is_not_the_one_that_was_asked_for() -> None:
    module = vmfb.read_vmfb(MODULES / "sm_89.vmfb")
    with pytest.raises(WorkerError, match="IREE compiled for sm_89"):
        hardware.check_module(module, hardware.read_hardware(Options({**TARGETS["sm_89"], "architecture": "sm_80"})))


def test_other_files_are_no_modules(tmp_path: Path) -> None:
    text, archive = tmp_path / "a.vmfb", tmp_path / "b.vmfb"
    text.write_text("not a module")
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("something.txt", "else")
    for path in (text, archive):
        with pytest.raises(vmfb.NotModule):
            vmfb.read_vmfb(path)


def test_the_last_word_on_a_feature_counts() -> None:
    recorded = vmfb.read_vmfb(MODULES / "cortex-a76.vmfb").asked.cpu_features
    enabled = features.enabled(recorded)
    assert "dotprod" in enabled
    assert not {"aes", "sha2", "ssbs"} & set(enabled)


def test_a_level_needs_what_its_target_file_lists() -> None:
    enabled = features.enabled(vmfb.read_vmfb(MODULES / "x86-64-v3.vmfb").asked.cpu_features)
    found = features.needed(enabled, "x86-64")
    assert {"avx2", "fma", "abm", "pni", "lahf_lm", "bmi1", "sse4_2", "fpu"} <= set(found)
    assert features.beyond(enabled, "x86-64", found) == []
    assert features.beyond(enabled, "x86-64", set(found) - {"avx2", "abm"}) == ["avx2", "lzcnt"]


def test_arm_features_by_both_names() -> None:
    assert features.needed(["neon", "fullfp16", "perfmon", "v8.2a"], "aarch64") == ["asimd", "asimdhp", "fp", "fphp"]
    assert features.needed([], "aarch64") == ["asimd", "fp"]
    assert features.beyond(["aes", "crc", "spe"], "aarch64", ["crc32"]) == ["aes"]


def test_ptx_runs_on_later_gpus_with_a_driver_that_reads_it() -> None:
    target = Options(TARGETS["sm_89"])
    found = needs.required_device(vmfb.read_vmfb(MODULES / "sm_89.vmfb"), target)
    assert found["driver"] == "550"
    assert found["architectures"][:2] == ["sm_89", "sm_90"]
    assert "sm_86" not in found["architectures"]


def test_amd_code_runs_on_its_own_chip_alone_and_spirv_on_any() -> None:
    amd = needs.required_device(vmfb.read_vmfb(MODULES / "gfx942.vmfb"), Options(TARGETS["gfx942"]))
    assert amd == {"device": "gpu", "vendor": "amd", "architectures": ["gfx942"], "driver": None}
    vulkan = needs.required_device(vmfb.read_vmfb(MODULES / "vulkan-ampere.vmfb"), Options(TARGETS["vulkan-ampere"]))
    assert vulkan == {"device": "gpu", "vendor": "any", "architectures": [], "driver": None}
