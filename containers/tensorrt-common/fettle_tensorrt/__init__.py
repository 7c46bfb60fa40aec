"""What the workers of TensorRT and of TensorRT for RTX share: both are one Python API under two names.

Modules: `compiling` and `running` (the verbs), `building` (ONNX file to plan), `cuda` (the driver's calls to run one),
`messages` and `monitor` (TensorRT's logger and progress monitor), `failures` and `onnx_nodes` (errors with the ONNX node at
fault), `declared` (precision that a network declares), `half` and `half_edges` (a float32 model rewritten to compute in
float16: networks are strongly typed, so it is the model that says in which precision each operator runs).
"""

from __future__ import annotations

from fettle_tensorrt.building import BuildSettings, Built, build_plan
from fettle_tensorrt.compiling import NETWORK, PLAN, Artifact, compile_to_plan
from fettle_tensorrt.running import infer_plan, load_plan, write_network

__all__ = [
    "NETWORK",
    "PLAN",
    "Artifact",
    "BuildSettings",
    "Built",
    "build_plan",
    "compile_to_plan",
    "infer_plan",
    "load_plan",
    "write_network",
]
