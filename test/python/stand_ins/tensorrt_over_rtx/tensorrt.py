"""TensorRT for RTX under the name and version of full TensorRT, for tests alone: the two have one Python API.

The parser's and the builder's calls are real: a worker written for full TensorRT that makes one which TensorRT for RTX does not have fails
here. A plan cannot be loaded without a GPU, so what runs it is a stand-in too (stand_in_runtime.py). What full TensorRT does with any of
these calls it cannot show. With TENSORRT_CALLS set, calls of the builder's configuration go to that file.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import stand_in_runtime
import tensorrt_rtx_bindings as rtx
from tensorrt_rtx_bindings import *  # noqa: F403

__version__ = "11.4.0.106"


class Recorded:
    """Passes everything on, and writes down what is called and set, and with what."""

    def __init__(self, real: Any) -> None:
        object.__setattr__(self, "real", real)
        object.__setattr__(self, "profiles", [])

    def __getattr__(self, name: str) -> Any:
        member = getattr(self.real, name)
        if not callable(member):
            return member

        def call(*words: Any, **named: Any) -> Any:
            record(name, *words, *named.values())
            if name == "add_optimization_profile":
                self.profiles.extend(words)
            return member(*words, **named)

        return call

    def __setattr__(self, name: str, value: Any) -> None:
        record(name, value)
        setattr(self.real, name, value)


def record(name: str, *words: Any) -> None:
    plain = [word if isinstance(word, int | str) else getattr(word, "name", type(word).__name__) for word in words]
    if "TENSORRT_CALLS" not in os.environ:
        return
    with Path(os.environ["TENSORRT_CALLS"]).open("a") as file:
        file.write(json.dumps([name, *plain]) + "\n")


class OnnxParser:
    def __init__(self, network: Any, logger: Any) -> None:
        self.real, self._network = rtx.OnnxParser(network, logger), network

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def parse_from_file(self, path: str) -> Any:
        MODELS[id(self._network)] = Path(path).read_bytes()
        return self.real.parse_from_file(path)


#: What each network was parsed from: what stands in for the GPU computes it by that.
MODELS: dict[int, bytes] = {}


class Builder:
    def __init__(self, logger: Any) -> None:
        self.real = rtx.Builder(logger)

    def create_network(self, flags: int) -> Any:
        return self.real.create_network(flags)

    def create_optimization_profile(self) -> Any:
        return self.real.create_optimization_profile()

    def create_builder_config(self) -> Any:
        return Recorded(self.real.create_builder_config())

    def build_serialized_network(self, network: Any, config: Any) -> Any:
        record("build_serialized_network")
        plan = self.real.build_serialized_network(network, config.real)
        if plan is None:
            return None
        inputs = [network.get_input(index).name for index in range(network.num_inputs)]
        profiles = config.profiles
        shapes = {name: [list(shape) for shape in profiles[0].get_shape(name)] for name in inputs} if profiles else {}
        return stand_in_runtime.with_model(bytes(plan), MODELS[id(network)], shapes)


class Runtime:
    def __init__(self, logger: Any) -> None:
        self._logger = logger

    def deserialize_cuda_engine(self, plan: bytes) -> Any:
        engine = stand_in_runtime.load(plan, rtx.float32)
        if engine is None:
            self._logger.log(rtx.ILogger.Severity.ERROR, "the plan does not end as it should")
        return engine
