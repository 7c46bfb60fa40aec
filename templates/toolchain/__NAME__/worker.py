"""The __NAME__ worker: takes the prepared model as it is and runs it with every optimisation off."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Sequence
from typing import Any

import onnxruntime as ort

from fettle_worker import Facts, Request, infer_split, main, open_split
from fettle_worker.ort_errors import explain_ort_error

VERSIONS = {"onnxruntime": ort.__version__}
MODEL = "model.onnx"


def probe(_: Request) -> Facts:
    return {"versions": VERSIONS, "notes": []}


def compile_model(request: Request) -> Facts:
    for name in (MODEL, "signature.json"):
        shutil.copyfile(request.input("model") / name, request.out / name)
    # A model that cannot be loaded is refused here, with the node at fault, and not where it is run.
    open_session(request.out / MODEL, 1, arena=True)
    return {
        "versions": VERSIONS,
        "files": [MODEL],
        "requires": {"architecture": "any", "cpuFeatures": [], "packages": VERSIONS},
        "details": {},
        "notes": [],
    }


def infer(request: Request) -> Facts:
    outputs, run = load(request)
    notes = infer_split(request, outputs, run)
    return {
        # Read it back from the runtime where the runtime tells: then the evidence is "executed".
        "executedPrecision": {"float32": {"ops": 1.0, "time": None}},
        "precisionEvidence": "declared",
        "placement": {"cpu": 1.0},
        "details": {},
        "notes": notes,
    }


def load_inferences(request: Request) -> list[Callable[[], object]]:
    _, run = load(request)
    return [functools.partial(run, sample.inputs) for sample in open_split(request).head()]


def load(request: Request) -> tuple[list[str], Callable[[dict[str, Any]], Sequence[Any]]]:
    session = open_session(request.input("artifact") / MODEL, request.threads, arena=request.options.flag("arena"))
    outputs = [output.name for output in session.get_outputs()]
    return outputs, functools.partial(session.run, outputs)


def open_session(model: Any, threads: int, *, arena: bool) -> ort.InferenceSession:
    settings = ort.SessionOptions()
    settings.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    settings.intra_op_num_threads = threads
    settings.enable_cpu_mem_arena = arena
    try:
        return ort.InferenceSession(str(model), settings, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise explain_ort_error(error, "load the model") from error


if __name__ == "__main__":
    main({"probe": probe, "compile": compile_model, "infer": infer}, measure=load_inferences)
