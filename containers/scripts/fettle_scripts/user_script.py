"""Loads and calls a user's script, so that whatever goes wrong in it is told with the script's own file and line."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fettle_worker import WorkerError


def load_function(folder: Path, script: str, name: str) -> Callable[..., Any]:
    """The function `name` of the script; its folder is on the import path. Raises WorkerError `script-error`."""
    path = folder / script
    if not path.is_file():
        raise WorkerError("script-error", f"{script}: there is no such script")
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location("fettle_user_script", path)
    if spec is None or spec.loader is None:
        raise WorkerError("script-error", f"{script} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    with blamed_on(folder, script):
        spec.loader.exec_module(module)
    function = getattr(module, name, None)
    if not callable(function):
        raise WorkerError("script-error", f"{script} defines no function {name}()")
    checked: Callable[..., Any] = function
    return checked


@contextmanager
def blamed_on(folder: Path, script: str) -> Iterator[None]:
    """Turns any exception of the block, but the worker's own, into a WorkerError `script-error` that names file and line."""
    try:
        yield
    except WorkerError:
        raise
    except (Exception, SystemExit) as error:
        place = _place(error, folder) or script
        details = {"exception": type(error).__name__, "keyLine": _last_line(error)}
        raise WorkerError("script-error", f"{place}: {_last_line(error)}", details) from error


def _place(error: BaseException, folder: Path) -> str | None:
    """`lines.py:42`: where in the user's own files the error arose; a library's frames below it are left out."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        file = Path(error.filename)
        return f"{file.name}:{error.lineno}"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = Path(frame.filename)
        if file.is_relative_to(folder):
            return f"{file.relative_to(folder)}:{frame.lineno}"
    return None


def _last_line(error: BaseException) -> str:
    return "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
