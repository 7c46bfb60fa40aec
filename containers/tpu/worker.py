"""The tpu worker: XLA's compiler for Google's TPUs, with no TPU attached. It compiles, and runs nothing on a TPU."""

from __future__ import annotations

from importlib.metadata import version

from compiling import compile_for
from declared import declared_precision
from estimates import estimates
from fettle_worker import Facts, Options, Request, Signature, WorkerError, main
from lowering_check import check_lowering
from operators import OPERATORS
from program import read_program

EXECUTABLE = "model.tpu"
_VERSIONED = ("jax", "jaxlib", "libtpu", "numpy", "onnx", "onnxruntime")


def probe(_: Request) -> Facts:
    notes = [f"lowers {len(OPERATORS)} ONNX operators: {', '.join(sorted(OPERATORS))}", "compiles for TPUs; needs none, and runs on none"]
    return {"versions": _versions(), "notes": notes}


def compile_model(request: Request) -> Facts:
    """Options: `precision`. The target is a TPU: `architecture` v5e or v6e, `topology` 1x1."""
    if request.target is None:
        raise ValueError("a compile request without a target")
    source = request.input("model")
    precision = request.options.text("precision")
    signature = Signature.read(source)
    _check_edges(signature)
    program = read_program(source / "model.onnx")
    declared = declared_precision(program, precision)
    request.progress("checking the lowering on the CPU", 0.1)
    difference = check_lowering(program, source / "model.onnx", signature)
    request.progress("compiling for the TPU", 0.2)
    executable = compile_for(program, signature, request.target, precision)
    (request.out / EXECUTABLE).write_bytes(executable.payload)
    signature.write(request.out)
    return {
        "versions": _versions(),
        "files": [EXECUTABLE],
        "requires": _requires(request.target),
        "declared": {"precision": declared, "estimates": estimates(executable.compiled, executable.device_kind)},
        "details": {
            "deviceKind": executable.device_kind,
            "topology": request.target.text("topology"),
            "operators": len(program.operators),
            "stablehloBytes": executable.program_bytes,
            "loweringRelativeL2": difference,
        },
        "notes": [
            f"on the CPU the model as lowered to jax agrees with ONNX Runtime (relative difference {difference:.1g} on one random sample);"
            " that checks the lowering, not the program for the TPU, which has not run"
        ],
    }


def _check_edges(signature: Signature) -> None:
    for tensor in (*signature.inputs, *signature.outputs):
        if tensor.dtype == "string":
            raise WorkerError("unsupported-model", f"{tensor.name!r} holds text, and TPUs know numbers only")
    for tensor in signature.inputs:
        if any(size < 0 for size in tensor.shape):
            message = f"the input {tensor.name!r} has a size that is known only at run time, and a TPU program needs it when it is compiled"
            raise WorkerError("unsupported-model", message, {"hint": f"give `model.shapes.{tensor.name}` in the recipe"})


def _requires(target: Options) -> dict[str, object]:
    versions = _versions()
    return {
        "architecture": target.text("host"),
        "cpuFeatures": [],
        # A serialised executable loads in the libtpu that made it alone.
        "packages": {name: versions[name] for name in ("jax", "jaxlib", "libtpu")},
        "device": {"device": "tpu", "vendor": "google", "architectures": [target.text("architecture")], "driver": None},
    }


def _versions() -> dict[str, str]:
    return {name: version(name) for name in _VERSIONED}


if __name__ == "__main__":
    main({"probe": probe, "compile": compile_model})
