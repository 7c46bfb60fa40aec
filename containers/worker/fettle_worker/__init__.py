"""The Python half of Fettle's worker protocol, version 1 (docs/worker-protocol.md).

A worker is one file that names what it can do and calls `main`; everything below is imported from this package.

    from fettle_worker import Request, WorkerError, infer_split, main, open_split

    def compile_model(request: Request) -> Facts:         # a one-shot verb: returns its facts, or raises WorkerError
        model = request.input("model") / "model.onnx"     # absolute path of an input
        level = request.options.text("level")             # options are read with their type
        request.progress("optimising", 0.5)
        ...                                                # files go to request.out
        return {"versions": {...}, "files": [...], ...}

    def infer(request: Request) -> Facts:
        run = load(request)                                # Callable[[Dict[str, ndarray]], Sequence[ndarray]]
        notes = infer_split(request, output_names, run)    # reads the split sample by sample, writes outputs.json and shards
        return {..., "notes": notes}

    def load_inferences(request: Request) -> List[Callable[[], object]]:
        run = load(request)                                # one callable for each sample; one call is one inference
        return [functools.partial(run, sample.inputs) for sample in open_split(request).head()]

    if __name__ == "__main__":
        main({"compile": compile_model, "infer": infer}, measure=load_inferences)

Modules: `protocol` (Request, main), `errors` (WorkerError), `options` (typed options), `channel` (who owns descriptor 1),
`dataset` (the split reader), `outputs` (the writer and reader of output sets), `npy` (an .npy file written row by row),
`dtypes` (element types at a model's edge), `signature` (signature.json), `emulator` (programs of another
architecture), `inference` (infer_split), `measure` (the duplex
loop). Needs numpy only and runs on Python 3.8. Nothing here holds more than one sample of a data set in memory, except
`Split.head`, which is bounded in bytes.
"""

from __future__ import annotations

from fettle_worker.dataset import Sample, Split, open_split, read_split
from fettle_worker.dtypes import DTYPES, edge_dtype, is_edge_dtype, widen
from fettle_worker.emulator import Emulator
from fettle_worker.errors import WorkerError
from fettle_worker.files import write_json
from fettle_worker.inference import infer_split
from fettle_worker.npy import NpyWriter
from fettle_worker.options import Options
from fettle_worker.outputs import OutputSet, OutputWriter
from fettle_worker.protocol import PROTOCOL, Facts, Request, main
from fettle_worker.signature import AxisRange, Signature, TensorSignature

__all__ = [
    "DTYPES",
    "PROTOCOL",
    "AxisRange",
    "Emulator",
    "Facts",
    "NpyWriter",
    "Options",
    "OutputSet",
    "OutputWriter",
    "Request",
    "Sample",
    "Signature",
    "Split",
    "TensorSignature",
    "WorkerError",
    "edge_dtype",
    "infer_split",
    "is_edge_dtype",
    "main",
    "open_split",
    "read_split",
    "widen",
    "write_json",
]
