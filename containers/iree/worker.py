"""The iree worker: a module compiled ahead of time for a CPU or a GPU, also for one that is not here."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TypeVar, cast

from fettle_worker import Facts, Request, main

Answer = TypeVar("Answer")


def _verb(module: str, name: str, _: type[Answer]) -> Callable[[Request], Answer]:
    """The function `name` of a module: what compiles and what runs are loaded one without the other."""

    def run(request: Request) -> Answer:
        function = cast("Callable[[Request], Answer]", getattr(importlib.import_module(module), name))
        return function(request)

    return run


def _infer(request: Request) -> Facts:
    """What an emulator runs needs no runtime of this machine's architecture."""
    return _verb("running" if request.emulator is None else "running_emulated", "infer", Facts)(request)


if __name__ == "__main__":
    main(
        {
            "probe": _verb("compiling", "probe", Facts),
            "compile": _verb("compiling", "compile_model", Facts),
            "infer": _infer,
        },
        measure=_verb("running", "load_inferences", list[Callable[[], object]]),
    )
