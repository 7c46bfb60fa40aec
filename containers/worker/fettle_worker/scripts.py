"""What users' data and metric scripts are given; scripts that like types import these.

from fettle_worker.scripts import DataRequest, ScoreContext
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping, Optional, Tuple

from fettle_worker.signature import TensorSignature


@dataclass(frozen=True)
class DataRequest:
    """The argument of a data script's `samples`."""

    #: `calibration` or `validation`.
    split: str
    #: Samples asked for; None: all there are.
    count: Optional[int]
    #: For the script's random generator: another one for each split.
    seed: int
    #: The model's free inputs: name, dtype and shape of what every sample must hold.
    inputs: Tuple[TensorSignature, ...]
    #: The model's own metadata, such as the characters a recogniser knows.
    metadata: Mapping[str, str]


@dataclass(frozen=True)
class ScoreContext:
    """The last argument of a metric script's `score`."""

    #: The model's own metadata.
    metadata: Mapping[str, str]
    #: Index of the sample in its split.
    sample: int
