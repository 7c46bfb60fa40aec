"""Handwritten digits from digits.npz, which lies beside this script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fettle_worker.scripts import DataRequest


def samples(request: DataRequest) -> Iterator[tuple[dict[str, NDArray[np.float32]], dict[str, int]]]:
    """Yields `{"image": float32 [1, 1, 8, 8] from 0 to 1}` and the label `digit`."""
    data = np.load(Path(__file__).with_name("digits.npz"))
    for image, digit in zip(data[f"{request.split}_images"], data[f"{request.split}_labels"], strict=True):
        yield {"image": (image[np.newaxis, np.newaxis] / 16).astype(np.float32)}, {"digit": int(digit)}
