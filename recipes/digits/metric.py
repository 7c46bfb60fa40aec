"""Top-1: 1 where the likeliest digit is the right one, else 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fettle_worker.scripts import ScoreContext

Arrays = dict[str, NDArray[np.generic]]


def score(outputs: Arrays, reference: Arrays, labels: Arrays, context: ScoreContext) -> float:  # noqa: ARG001 - the metric's signature
    return float(outputs["logits"].argmax() == labels["digit"])
