"""What all data sources have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fettle_worker import Request, Signature
from fettle_worker.scripts import DataRequest

SPLITS = ("calibration", "validation")


@dataclass(frozen=True)
class RawSample:
    """A sample as its source gave it, not checked yet."""

    inputs: dict[str, Any]
    labels: dict[str, Any]
    #: Names the sample in messages: `validation sample 3`.
    where: str


@dataclass
class SourceContext:
    request: Request
    signature: Signature
    metadata: dict[str, str]
    notes: list[str] = field(default_factory=list)

    def data_request(self, split: str) -> DataRequest:
        return DataRequest(split, self.count(split), self.seed(split), self.signature.inputs, self.metadata)

    def count(self, split: str) -> int | None:
        return self.request.options.optional_integer(split)

    def seed(self, split: str) -> int:
        """A 32-bit seed of the split's own, so that no two splits are drawn alike. NumPy promises SeedSequence's values."""
        sequence = np.random.SeedSequence([self.request.options.integer("seed"), SPLITS.index(split)])
        return int(sequence.generate_state(1)[0])


#: Gives a split's samples in order.
Samples = Iterator[RawSample]
