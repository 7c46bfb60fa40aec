"""The verb `dataset`: writes the calibration and validation splits from one of the sources."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from fettle_scripts.fitting import Fitter
from fettle_scripts.from_files import FilesSource
from fettle_scripts.from_random import RandomSource
from fettle_scripts.from_script import ScriptSource
from fettle_scripts.sources import SPLITS, SourceContext
from fettle_scripts.split_writer import SplitWriter, as_labels
from fettle_worker import Facts, Request, Signature, WorkerError, write_json
from fettle_worker.dataset import FILE, FORMAT

Source = ScriptSource | FilesSource | RandomSource

_SOURCES: dict[str, Callable[[SourceContext], Source]] = {"script": ScriptSource, "files": FilesSource, "random": RandomSource}
_PROGRESS_INTERVAL = 0.25
_SAME_SPLITS = "every calibration sample is also a validation sample: the source must heed the split and seed it is given"


def dataset(request: Request) -> Facts:
    """Options: `source`, `calibration` and `validation` (counts, or null), `seed`, and those of the source."""
    folder = request.input("model")
    metadata = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    context = SourceContext(request, Signature.read(folder), metadata)
    source: Source = _SOURCES[request.options.text("source")](context)
    fitter = Fitter(context.signature.inputs)
    written = {split: _write(context, source, fitter, split) for split in SPLITS}
    _check(written, context)
    splits = {split: writer.close() for split, writer in written.items()}
    write_json(request.out / FILE, {"format": FORMAT, "splits": splits})
    return {"notes": [*context.notes, *fitter.notes]}


def _write(context: SourceContext, source: Source, fitter: Fitter, split: str) -> SplitWriter:
    writer = SplitWriter(context.request.out, split)
    count, told = context.count(split), time.monotonic()
    for sample in source.samples(split):
        writer.add(fitter.fit(sample.inputs, sample.where), as_labels(sample.labels, sample.where))
        if time.monotonic() - told >= _PROGRESS_INTERVAL:
            told = time.monotonic()
            context.request.progress(f"{split} sample {writer.samples}", min(1.0, writer.samples / count) if count else None)
    return writer


def _check(written: dict[str, SplitWriter], context: SourceContext) -> None:
    """A split that was asked for must not be empty, and calibrating on the validation data would prove nothing."""
    for split, writer in written.items():
        if writer.samples == 0 and (split == "validation" or context.count(split)):
            raise WorkerError("invalid-data", f"the data source gave no {split} samples")
    calibration, validation = written["calibration"].digests, written["validation"].digests
    shared = len(calibration & validation)
    if shared and shared == len(calibration):
        raise WorkerError("invalid-data", _SAME_SPLITS)
    if shared:
        context.notes.append(f"{shared} of {len(calibration)} calibration samples are also in the validation split.")
