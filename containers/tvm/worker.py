"""The tvm worker: a shared library for one CPU, compiled ahead of time and without measuring, also for another architecture."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import TypeVar, cast

from fettle_worker import Facts, Request, main

Answer = TypeVar("Answer")


def _verb(module: str, name: str, _: type[Answer]) -> Callable[[Request], Answer]:
    """The function `name` of a module that imports TVM. TVM reads its number of threads while it is imported, so that comes first."""

    def run(request: Request) -> Answer:
        os.environ["TVM_NUM_THREADS"] = str(request.threads)
        function = cast("Callable[[Request], Answer]", getattr(importlib.import_module(module), name))
        return function(request)

    return run


if __name__ == "__main__":
    main(
        {
            "probe": _verb("compiling", "probe", Facts),
            "compile": _verb("compiling", "compile_model", Facts),
            "infer": _verb("running", "infer", Facts),
        },
        measure=_verb("running", "load_inferences", list[Callable[[], object]]),
    )
