"""The loop every `infer` verb runs: read a sample, run it, write what came out."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Sequence

from fettle_worker.dataset import open_split
from fettle_worker.outputs import OutputWriter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fettle_worker.protocol import Request

#: Seconds between two progress lines: often enough for a bar, seldom enough to cost nothing.
_PROGRESS_INTERVAL = 0.25


def infer_split(
    request: "Request",
    outputs: Sequence[str],
    run: "Callable[[Dict[str, NDArray[Any]]], Sequence[NDArray[Any]]]",
    folder: Optional[Path] = None,
) -> List[str]:
    """Runs every sample of the request's split and writes the output set to `folder` (by default the request's `out`).

    `run` gets input name -> array of the input's own shape and dtype and returns the outputs in the order of `outputs`.
    Returns notes for the user, such as types that were converted at the edge.
    """
    split = open_split(request)
    told = time.monotonic()
    with OutputWriter(folder or request.out, outputs, split.shard_sizes) as writer:
        for sample in split:
            writer.add(run(sample.inputs))
            if time.monotonic() - told >= _PROGRESS_INTERVAL:
                told = time.monotonic()
                done = sample.index + 1
                request.progress(f"sample {done} of {split.samples}", done / split.samples)
    return writer.notes
