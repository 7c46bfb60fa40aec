"""What the workers of TensorRT and of TensorRT for RTX share: both are one Python API under two names.

Modules: `compiling`, `running` and `capability` (the verbs), `building` and `builder` (ONNX file to plan), `profile` (ranges of
sizes), `cuda` and `driver` (the driver's calls), `fit` (what a plan is bound to), `executed` (what an engine is made of once it
is loaded), `messages` and `monitor` (TensorRT's logger and progress monitor), `failures` and `onnx_nodes` (errors with the ONNX
node at fault), `declared` (precision that a network declares), `half` and `half_edges` (a float32 model rewritten to compute in
float16: networks are strongly typed, so it is the model that says in which precision each operator runs).
"""

from __future__ import annotations

from fettle_tensorrt.building import BuildSettings, Built, build_plan
from fettle_tensorrt.capability import parser_capability
from fettle_tensorrt.compiling import Artifact, compile_to_plan
from fettle_tensorrt.cuda import Cuda, open_driver
from fettle_tensorrt.driver import driver_version
from fettle_tensorrt.fit import Fit
from fettle_tensorrt.running import infer_plan, load_plan, write_network

__all__ = [
    "Artifact",
    "BuildSettings",
    "Built",
    "Cuda",
    "Fit",
    "build_plan",
    "compile_to_plan",
    "driver_version",
    "infer_plan",
    "load_plan",
    "open_driver",
    "parser_capability",
    "write_network",
]
