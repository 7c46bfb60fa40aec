"""Folds constants with ONNX Runtime's basic level, whose result is made of standard ONNX operators only."""

from __future__ import annotations

from pathlib import Path

import onnx
import onnxruntime as ort

from crash_guard import run_guarded
from fettle_worker.ort_errors import explain_ort_error
from findings import Findings
from graphs import count_operators, used_domains
from model_file import LoadedModel, save_graph
from sessions import open_session

#: Name of the file of weights beside a large folded model; it becomes that of the prepared model.
WEIGHTS = "model.onnx.data"


def fold_constants(model: LoadedModel, scratch: Path, findings: Findings) -> Path:
    """Replaces the model by its folded form. Where folding fails but the model loads, it stays as it is and a note says so.

    Returns a file, below `scratch`, that holds the model as it is now.

    Raises WorkerError if ONNX Runtime cannot load the model at all: then there is no reference to judge by either.
    """
    plain, folded = scratch / "plain" / "model.onnx", scratch / "folded" / "model.onnx"
    for path in (plain, folded):
        path.parent.mkdir(parents=True)
    save_graph(model, plain)
    external = WEIGHTS if model.weights is not None else None
    # The optimiser's native code crashes on some models.
    done, why = run_guarded(lambda: _write_folded(plain, folded, external))
    if done is None:
        _require_loadable(plain)
        findings.noted(f"Constants were not folded: ONNX Runtime's optimiser failed ({why}).")
        return plain
    proto = onnx.load(str(folded), load_external_data=False)
    foreign = used_domains(proto) - used_domains(model.proto) - {""}
    if foreign:
        findings.noted(f"Constants were not folded: the result would need the operators of {', '.join(sorted(foreign))}.")
        return plain
    _take_over(model, proto, folded.parent if external else None, findings)
    return folded


def _write_folded(plain: Path, folded: Path, external: str | None) -> bytes:
    open_session(plain, ort.GraphOptimizationLevel.ORT_ENABLE_BASIC, folded, external)
    return b""


def _require_loadable(path: Path) -> None:
    try:
        open_session(path, ort.GraphOptimizationLevel.ORT_DISABLE_ALL)
    except Exception as error:
        raise explain_ort_error(error, "load the prepared model") from error


def _take_over(model: LoadedModel, proto: onnx.ModelProto, weights: Path | None, findings: Findings) -> None:
    before, after = count_operators(model.proto.graph), count_operators(proto.graph)
    if before != after:
        findings.changed(f"Constants folded: {sum(before.values())} nodes became {sum(after.values())}{_branches(before, after)}.")
    del proto.metadata_props[:]
    proto.metadata_props.extend(model.proto.metadata_props)
    # The order of initialisers means nothing and is the optimiser's own; sorted, equal models give equal bytes.
    proto.graph.initializer.sort(key=lambda tensor: tensor.name)
    model.proto, model.weights = proto, weights


def _branches(before: dict[str, int], after: dict[str, int]) -> str:
    gone = [operator for operator in ("If", "Loop") if before.get(operator, 0) > after.get(operator, 0)]
    return f"; {' and '.join(gone)} resolved" if gone else ""
