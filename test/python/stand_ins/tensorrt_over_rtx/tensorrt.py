"""TensorRT for RTX under the name and version of full TensorRT, for tests alone: the two have one Python API.

Its calls are real: a worker written for full TensorRT that makes one which TensorRT for RTX does not have fails here. What it cannot
show is what full TensorRT does with them. With TENSORRT_CALLS set, calls of the builder's configuration go to that file.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import tensorrt_rtx_bindings as rtx
from tensorrt_rtx_bindings import *  # noqa: F403

__version__ = "11.4.0.106"


class Recorded:
    """Passes everything on, and writes down what is called and set, and with what."""

    def __init__(self, real: Any) -> None:
        object.__setattr__(self, "real", real)

    def __getattr__(self, name: str) -> Any:
        member = getattr(self.real, name)
        if not callable(member):
            return member

        def call(*words: Any, **named: Any) -> Any:
            record(name, *words, *named.values())
            return member(*words, **named)

        return call

    def __setattr__(self, name: str, value: Any) -> None:
        record(name, value)
        setattr(self.real, name, value)


def record(name: str, *words: Any) -> None:
    plain = [word if isinstance(word, int | str) else getattr(word, "name", type(word).__name__) for word in words]
    with Path(os.environ["TENSORRT_CALLS"]).open("a") as file:
        file.write(json.dumps([name, *plain]) + "\n")


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
        return self.real.build_serialized_network(network, config.real)
