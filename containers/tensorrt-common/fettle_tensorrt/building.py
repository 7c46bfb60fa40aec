"""From an ONNX file to a plan, over the API that `tensorrt` and `tensorrt_rtx` share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from fettle_tensorrt.builder import open_builder
from fettle_tensorrt.declared import declared_precision
from fettle_tensorrt.failures import build_failure, parser_failure
from fettle_tensorrt.messages import Messages, open_logger
from fettle_tensorrt.monitor import Phases, Tell, open_monitor
from fettle_tensorrt.onnx_nodes import OnnxNodes
from fettle_tensorrt.profile import Profile, add_profile
from fettle_worker import TensorSignature, WorkerError


@dataclass(frozen=True)
class BuildSettings:
    """`product` is what the user calls the compiler; `configure` sets what differs between the two, on TensorRT's own config."""

    product: str
    tf32: bool
    configure: Callable[[Any], None]
    #: Whether what tuning found out is kept beside the plan: only a compiler that tunes on a GPU finds anything out.
    keep_timings: bool = False


@dataclass(frozen=True)
class Built:
    plan: bytes
    #: Precision -> share of the network's layers, as `declared_precision` counts them.
    declared: dict[str, float]
    layers: int
    warnings: tuple[str, ...]
    #: TensorRT's timing cache, in its own form; None where it was not to be kept.
    timings: bytes | None = None
    #: The optimisation profile, where inputs have a range of sizes.
    profile: Profile = field(default_factory=dict)


@dataclass(frozen=True)
class Prepared:
    """A model's file, and its inputs as the recipe has them."""

    model: Path
    inputs: tuple[TensorSignature, ...]


def build_plan(trt: ModuleType, prepared: Prepared, settings: BuildSettings, tell: Tell) -> Built:
    """Parses and builds. Raises WorkerError; any error that TensorRT logs is one, also where a plan came out all the same."""
    messages = Messages()
    nodes = OnnxNodes(prepared.model)
    logger = open_logger(trt, messages)
    builder = open_builder(trt, logger, messages, settings.product)
    # Kept in a name of its own: TensorRT's parser does not keep the network alive, and crashes without it.
    network = builder.create_network(0)
    parser = trt.OnnxParser(network, logger)
    if not parser.parse_from_file(str(prepared.model)):
        raise parser_failure(parser, nodes, settings.product)
    if messages.errors:
        raise build_failure(messages.errors, nodes, settings.product)
    _check_inputs(network, prepared.inputs, settings.product)
    config = builder.create_builder_config()
    (config.set_flag if settings.tf32 else config.clear_flag)(trt.BuilderFlag.TF32)
    settings.configure(config)
    profile = add_profile(builder, config, prepared.inputs, settings.product)
    if messages.errors:
        raise build_failure(messages.errors, nodes, settings.product)
    cache = _attach_timings(config, settings.product) if settings.keep_timings else None
    monitor = open_monitor(trt, Phases(tell))
    config.progress_monitor = monitor
    plan = builder.build_serialized_network(network, config)
    if plan is None or messages.errors:
        raise build_failure(messages.errors, nodes, settings.product)
    timings = None if cache is None else bytes(config.get_timing_cache().serialize())
    return Built(bytes(plan), declared_precision(network), network.num_layers, tuple(messages.warnings), timings, profile)


def _attach_timings(config: Any, product: str) -> Any:
    """An empty cache: what an earlier one held would shape the plan without being in the key. It must outlive the build."""
    cache = config.create_timing_cache(b"")
    if cache is None or not config.set_timing_cache(cache, ignore_mismatch=False):
        raise WorkerError("toolchain-error", f"{product} takes no timing cache")
    return cache


def _check_inputs(network: Any, inputs: tuple[TensorSignature, ...], product: str) -> None:
    """Inputs must have the sizes of the signature, and be open where they have a range: that is what a plan is built for."""
    wanted = {tensor.name: tensor for tensor in inputs}
    for index in range(network.num_inputs):
        tensor = network.get_input(index)
        given = wanted.get(tensor.name)
        if given is None or tuple(tensor.shape) != given.shape or given.shape.count(-1) != len(given.ranges):
            shown = "is not in the model's signature" if given is None else f"was asked for as {given.show_shape()}"
            message = f"{product} takes the input {tensor.name!r} for one of the sizes {tuple(tensor.shape)}, and it {shown}"
            raise WorkerError("unsupported-model", message)
