"""The failures a worker understands and reports, as opposed to crashes, which Fettle classifies from the exit."""

from __future__ import annotations

from typing import Dict, Mapping, Optional

#: The codes of docs/worker-protocol.md; Fettle takes any other for a broken result.
CODES = frozenset(
    {
        "unsupported-operator",
        "unsupported-model",
        "toolchain-error",
        "script-error",
        "invalid-model",
        "invalid-data",
    }
)


class WorkerError(Exception):
    """A failure with a code of the protocol and one plain sentence for the user.

    `details` is JSON; for `unsupported-operator` it is `{"node": name, "operator": type}`. `keyLine` in it is the line of
    the vendor's own message that says the most.
    """

    def __init__(self, code: str, message: str, details: Optional[Mapping[str, object]] = None) -> None:
        if code not in CODES:
            raise ValueError(f"{code!r} is not an error code of the worker protocol")
        super().__init__(message)
        self.code = code
        self.message = message
        self.details: Dict[str, object] = dict(details or {})
