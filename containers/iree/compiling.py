"""The verbs `probe` and `compile`."""

from __future__ import annotations

import subprocess

from iree.compiler.tools.binaries import find_tool

from compiler import compile_module
from cpu_code import check_code, restrict
from cpu_features import enabled, needed
from fettle_worker import Facts, Options, Request, Signature, WorkerError
from gpu_needs import required_device
from hardware import Hardware, check_module, read_hardware
from onnx_import import import_onnx
from versions import MODULE, runtime_versions, versions
from vmfb import NotModule, Vmfb, read_vmfb


def probe(_: Request) -> Facts:
    answer = subprocess.run([find_tool("iree-compile"), "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    if answer.returncode != 0:
        raise WorkerError("toolchain-error", f"iree-compile does not start: {answer.stderr.strip()[-300:]}")
    return {"versions": versions(), "notes": ["compiles for CPUs, CUDA, ROCm and Vulkan without any of them here"]}


def compile_model(request: Request) -> Facts:
    """Option: `level` (O1, O2, O3). The target's own facts say the hardware."""
    if request.target is None:
        raise ValueError("a compile request without a target")
    source = request.input("model")
    hardware = read_hardware(request.target)
    request.progress("importing", 0.05)
    imported = import_onnx(source / "model.onnx")
    limits, notes = restrict(hardware, request.target) if hardware.is_cpu else ((), [])

    request.progress("compiling", 0.2)
    flags = [*hardware.flags, *limits, f"--iree-opt-level={request.options.text('level')}"]
    notes += compile_module(imported.bytecode, flags, request.out / MODULE, imported.nodes)
    request.progress("reading the module back", 0.9)
    module = _read_back(request, hardware)
    Signature.read(source).write(request.out)
    return {
        "versions": versions(),
        "files": [MODULE],
        "requires": _requires(module, hardware, request.target),
        "declared": {"precision": imported.precision, "estimates": []},
        "details": _details(module, hardware, request.target, flags),
        "notes": notes,
    }


def _read_back(request: Request, hardware: Hardware) -> Vmfb:
    try:
        module = read_vmfb(request.out / MODULE)
    except NotModule as error:
        raise WorkerError("toolchain-error", str(error)) from error
    check_module(module, hardware)
    return module


def _requires(module: Vmfb, hardware: Hardware, target: Options) -> dict[str, object]:
    """A module for a GPU is the same on every CPU: what runs there is the runtime's own bytecode."""
    if not hardware.is_cpu:
        return {"architecture": "any", "cpuFeatures": [], "packages": runtime_versions(), "device": required_device(module, target)}
    features = needed(enabled(module.asked.cpu_features), hardware.architecture)
    return {"architecture": hardware.architecture, "cpuFeatures": features, "packages": runtime_versions(), "device": None}


def _details(module: Vmfb, hardware: Hardware, target: Options, flags: list[str]) -> dict[str, object]:
    details: dict[str, object] = {
        "flags": flags,
        "device": module.asked.device,
        "backend": module.asked.backend,
        "format": module.asked.format,
        "executables": module.summary(),
    }
    if hardware.is_cpu:
        details["code"] = check_code(module, hardware, target)
    elif module.asked.architecture:
        details["architecture"] = module.asked.architecture
    return details
