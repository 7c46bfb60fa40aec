"""Runs a plan on the GPU it was built for. What does not fit is refused before the plan is loaded."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from fettle_tensorrt.compiling import NETWORK, PLAN
from fettle_tensorrt.cuda import Cuda, open_driver
from fettle_tensorrt.driver import driver_version
from fettle_tensorrt.executed import inspect_engine
from fettle_tensorrt.fit import Fit, check_fit
from fettle_tensorrt.messages import Messages, open_logger
from fettle_tensorrt.profile import Profile, hold_profile
from fettle_worker import Facts, Request, Signature, WorkerError, infer_split, open_split, write_json

#: Told with every run until somebody has seen it work on a GPU.
UNVERIFIED = "Fettle's way of running plans has not been verified on a GPU: it follows NVIDIA's documentation"


def write_network(folder: Path, needs: Fit, declared: Mapping[str, float]) -> None:
    """What a run must know of the plan beside it."""
    write_json(folder / NETWORK, {"needs": needs.document(), "declared": dict(declared)})


def infer_plan(request: Request, trt: ModuleType, product: str) -> Facts:
    """The split through the plan. Precision and placement are the inspector's; where it does not say, what the network declares."""
    session = PlanSession(trt, Cuda(open_driver()), request.input("artifact"), product)
    notes = infer_split(request, session.outputs, session.run)
    found = session.inspected
    details: dict[str, object] = {**session.has.document(), "layers": found.kinds, "tf32Layers": found.tf32_layers}
    if session.profile:
        details["profile"] = session.profile
    return {
        "executedPrecision": {name: {"ops": share, "time": None} for name, share in (found.precision or session.declared).items()},
        "precisionEvidence": "executed" if found.precision else "declared",
        "placement": found.placement,
        "details": details,
        "notes": [*notes, UNVERIFIED],
    }


def load_plan(request: Request, trt: ModuleType, product: str) -> list[Callable[[], object]]:
    """A callable for each sample: one inference, from arrays in the host's memory to arrays there."""
    session = PlanSession(trt, Cuda(open_driver()), request.input("artifact"), product)
    return [functools.partial(session.run, sample.inputs) for sample in open_split(request).head()]


@dataclass(frozen=True)
class Buffer:
    """Memory of a tensor at the edge: `capacity` bytes, of which it takes what its shape needs."""

    address: int
    capacity: int
    shape: tuple[int, ...]


class PlanSession:
    """One engine with its buffers, which are made anew only where a sample's sizes need larger ones."""

    def __init__(self, trt: Any, cuda: Cuda, artifact: Path, product: str) -> None:
        signature = Signature.read(artifact)
        self.outputs = [tensor.name for tensor in signature.outputs]
        self._inputs = [tensor.name for tensor in signature.inputs]
        network = json.loads((artifact / NETWORK).read_text(encoding="utf-8"))
        self.declared: dict[str, float] = network["declared"]
        self._cuda = cuda
        self.has = Fit(self._cuda.architecture(), trt.__version__, driver_version())
        check_fit(Fit(**network["needs"]), self.has, product)
        self._messages = Messages()
        # Each keeps what it came from: the runtime does not.
        self._logger = open_logger(trt, self._messages)
        self._runtime = trt.Runtime(self._logger)
        self._engine = self._runtime.deserialize_cuda_engine((artifact / PLAN).read_bytes())
        if self._engine is None:
            raise self._refused(f"{product} cannot load the plan")
        self.inspected = inspect_engine(trt, self._engine)
        #: The sizes the plan was built for, as the engine says them; empty where they are fixed.
        self.profile = self._read_profile(signature, product)
        self._context = self._engine.create_execution_context()
        if self._context is None:
            raise self._refused(f"{product} cannot make a context to run the plan in")
        self._product = product
        self._stream = self._cuda.stream()
        self._kinds = {name: np.dtype(trt.nptype(self._engine.get_tensor_dtype(name))) for name in (*self._inputs, *self.outputs)}
        self._buffers: dict[str, Buffer] = {}
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._bind({tensor.name: tensor.profile()[1] for tensor in signature.inputs})

    def run(self, feeds: Mapping[str, np.ndarray]) -> Sequence[np.ndarray]:
        self._bind({name: feeds[name].shape for name in self._inputs})
        for name in self._inputs:
            self._cuda.upload(self._buffers[name].address, np.ascontiguousarray(feeds[name]))
        if not self._context.execute_async_v3(self._stream):
            raise self._refused(f"{self._product} could not start the plan")
        self._cuda.synchronise(self._stream)
        results = []
        for name in self.outputs:
            result = np.empty(self._buffers[name].shape, self._kinds[name])
            self._cuda.download(result, self._buffers[name].address)
            results.append(result)
        return results

    def _bind(self, shapes: dict[str, tuple[int, ...]]) -> None:
        """Room on the device for inputs of these shapes and their outputs. Inputs come first: sizes of outputs follow from them."""
        if shapes == self._shapes:
            return
        for name, wanted in shapes.items():
            if not self._context.set_input_shape(name, wanted):
                raise self._refused(f"{self._product} does not take input {name!r} of shape {wanted}")
        for name in (*self._inputs, *self.outputs):
            shape = tuple(self._context.get_tensor_shape(name))
            if any(size < 0 for size in shape):
                raise WorkerError("unsupported-model", f"the size of output {name!r} follows from the data, which is not supported")
            self._buffers[name] = self._room(self._buffers.get(name), shape, self._kinds[name].itemsize)
            self._context.set_tensor_address(name, self._buffers[name].address)
        self._shapes = shapes

    def _room(self, there: Buffer | None, shape: tuple[int, ...], item_bytes: int) -> Buffer:
        needs = int(np.prod(shape, dtype=np.int64)) * item_bytes
        if there is not None and there.capacity >= needs:
            return Buffer(there.address, there.capacity, shape)
        if there is not None:
            self._cuda.release(there.address)
        return Buffer(self._cuda.allocate(needs), needs, shape)

    def _read_profile(self, signature: Signature, product: str) -> Profile:
        return hold_profile(signature.inputs, lambda name: self._engine.get_tensor_profile_shape(name, 0), product)

    def _refused(self, message: str) -> WorkerError:
        said = next(iter(self._messages.errors), None)
        return WorkerError("toolchain-error", message, {} if said is None else {"keyLine": said})
