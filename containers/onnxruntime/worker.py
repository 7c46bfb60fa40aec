"""The onnxruntime worker: the reference that all artifacts are judged by, the speed baseline, and a toolchain of its own."""

from __future__ import annotations

from fettle_worker import Facts, Request, main
from optimise import compile_model
from reference import reference
from running import infer, load_inferences
from versions import versions


def probe(_: Request) -> Facts:
    return {"versions": versions(), "notes": []}


if __name__ == "__main__":
    main({"probe": probe, "reference": reference, "compile": compile_model, "infer": infer}, measure=load_inferences)
