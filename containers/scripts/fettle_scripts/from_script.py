"""Samples from a user's data script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fettle_scripts.sources import RawSample, Samples, SourceContext
from fettle_scripts.user_script import blamed_on, load_function
from fettle_worker import WorkerError


class ScriptSource:
    """Loads the script once; `samples` asks it for one split."""

    def __init__(self, context: SourceContext) -> None:
        self._context = context
        self._folder = context.request.input("script")
        self._script = context.request.options.text("script")
        self._function: Callable[..., Any] = load_function(self._folder, self._script, "samples")

    def samples(self, split: str) -> Samples:
        count = self._context.count(split)
        if count == 0:
            return
        given = 0
        for value in self._values(split):
            if given == count:
                return
            where = f"{self._script}, {split} sample {given}"
            yield RawSample(*_pair(value, where), where)
            given += 1
        if count is not None and 0 < given < count:
            self._context.notes.append(f"{self._script} gave {given} of the {count} {split} samples asked for.")

    def _values(self, split: str) -> Iterator[Any]:
        """Each value the script yields; only the script's own code runs inside the blame."""
        with blamed_on(self._folder, self._script):
            iterator = iter(self._function(self._context.data_request(split)))
        while True:
            with blamed_on(self._folder, self._script):
                try:
                    value = next(iterator)
                except StopIteration:
                    return
            yield value


def _pair(value: Any, where: str) -> tuple[dict[str, Any], dict[str, Any]]:
    inputs, labels = value if isinstance(value, tuple) and len(value) == 2 else (value, {})
    for part, what in ((inputs, "inputs"), (labels, "labels")):
        if not isinstance(part, dict) or not all(isinstance(name, str) for name in part):
            raise WorkerError("script-error", f"{where}: the {what} must be a dict of arrays by name, not {type(part).__name__}")
    return inputs, labels
