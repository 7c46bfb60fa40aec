"""Whether the lowering means what the model means: both are run here, on the CPU. It says nothing of the executable for the TPU."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from fettle_worker import Signature, TensorSignature, WorkerError
from offline_jax import jax
from program import Program

#: Largest difference, relative to an output's own length, that float32 arithmetic in another order explains: the rung for
#: float32 of src/measure/auto-tolerance.ts, which says where it comes from.
_RELATIVE_L2 = 2e-5
_SEED = 1


def check_lowering(program: Program, model: Path, signature: Signature) -> float:
    """Runs both on one random sample, on the CPU.

    Returns the largest relative difference of any output. Raises WorkerError `toolchain-error` if an output has another shape or
    type than the model's, or differs by more than float32 explains.
    """
    feeds = _sample(signature)
    expected = _reference(model, feeds)
    with jax.default_matmul_precision("highest"):
        found = [np.asarray(value) for value in jax.jit(program.run)(*(feeds[name] for name in program.inputs))]
    worst = 0.0
    for tensor, want, got in zip(signature.outputs, expected, found, strict=True):
        if want.shape != got.shape or want.dtype != got.dtype:
            raise _differs(tensor, f"it is {got.dtype}{list(got.shape)}, not {want.dtype}{list(want.shape)}")
        difference = _difference(want, got)
        if not difference <= _RELATIVE_L2:
            raise _differs(tensor, f"relative difference {difference:.2g}, at most {_RELATIVE_L2:.2g}")
        worst = max(worst, difference)
    return worst


def _reference(model: Path, feeds: dict[str, NDArray[Any]]) -> list[NDArray[Any]]:
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    return [np.asarray(value) for value in session.run(None, feeds)]


def _sample(signature: Signature) -> dict[str, NDArray[Any]]:
    """Standard normal numbers; zeros and ones where the type is whole numbers, which may be places or counts."""
    generator = np.random.default_rng(_SEED)

    def draw(tensor: TensorSignature) -> NDArray[Any]:
        if tensor.dtype.startswith("float"):
            return generator.standard_normal(tensor.shape).astype(tensor.dtype)
        return generator.integers(0, 2, tensor.shape).astype(tensor.dtype)

    return {tensor.name: draw(tensor) for tensor in signature.inputs}


def _difference(want: NDArray[Any], got: NDArray[Any]) -> float:
    """Length of the difference over the length of what is wanted; whole numbers are equal or not."""
    if want.dtype.kind != "f":
        return 0.0 if np.array_equal(want, got) else np.inf
    length = float(np.linalg.norm(want.astype(np.float64)))
    return float(np.linalg.norm(want.astype(np.float64) - got.astype(np.float64))) / (length or 1.0)


def _differs(tensor: TensorSignature, how: str) -> WorkerError:
    message = f"the model as lowered to jax gives another output {tensor.name!r} on the CPU than ONNX Runtime: {how}"
    return WorkerError("toolchain-error", message, {"keyLine": how})
