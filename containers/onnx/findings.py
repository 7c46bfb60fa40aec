"""What preparing a model found and did, in plain sentences for the user."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Findings:
    #: What was changed in the model.
    changes: list[str] = field(default_factory=list)
    #: What could not be done, or should be known.
    notes: list[str] = field(default_factory=list)

    def changed(self, sentence: str) -> None:
        self.changes.append(sentence)

    def noted(self, sentence: str) -> None:
        self.notes.append(sentence)


def counted(number: int, thing: str) -> str:
    """`1 node`, `2 nodes`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
