"""From a program to an executable for a TPU that is not here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jax.experimental import serialize_executable, topologies

from fettle_worker import Options, Signature, WorkerError
from offline_jax import jax
from program import Program

#: Fettle's precisions -> how XLA multiplies matrices: in one pass of bfloat16 with float32 sums, or in as many as float32 takes.
MATRIX_PRECISIONS = {"float32": "highest", "bfloat16": "bfloat16"}


@dataclass(frozen=True)
class Executable:
    """`payload` is what jax.experimental.serialize_executable.deserialize_and_load takes."""

    payload: bytes
    #: As libtpu names the chip: `TPU v5 lite`.
    device_kind: str
    compiled: Any
    program_bytes: int


def compile_for(program: Program, signature: Signature, target: Options, precision: str) -> Executable:
    """`target` needs `architecture` and `topology`. Raises WorkerError if libtpu knows no such slice or cannot compile."""
    device = _describe_slice(target.text("architecture"), target.text("topology"))
    placed = jax.sharding.SingleDeviceSharding(device)
    shapes = [jax.ShapeDtypeStruct(tensor.shape, tensor.dtype, sharding=placed) for tensor in signature.inputs]
    with jax.default_matmul_precision(MATRIX_PRECISIONS[precision]):
        lowered = jax.jit(program.run).lower(*shapes)
    try:
        compiled = lowered.compile()
    except jax.errors.JaxRuntimeError as error:
        raise _failed("XLA cannot compile the model for this TPU", error) from error
    payload, _, _ = serialize_executable.serialize(compiled)
    return Executable(payload, device.device_kind, compiled, len(lowered.as_text()))


def _describe_slice(architecture: str, topology: str) -> Any:
    try:
        described = topologies.get_topology_desc(platform="tpu", topology_name=f"{architecture}:{topology}")
    except (RuntimeError, ValueError) as error:
        raise _failed(f"libtpu knows no slice {topology} of TPU {architecture}", error, "unsupported-model") from error
    if len(described.devices) != 1:
        message = f"a slice {topology} has {len(described.devices)} chips, and models are compiled for one"
        raise WorkerError("unsupported-model", message, {"hint": "use a target whose topology is 1x1"})
    return described.devices[0]


def _failed(what: str, error: Exception, code: str = "toolchain-error") -> WorkerError:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    key_line = lines[0] if lines else type(error).__name__
    return WorkerError(code, f"{what}: {key_line}", {"keyLine": key_line})
