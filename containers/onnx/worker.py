"""The onnx worker: brings a model to the form that every toolchain can read."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path

import google.protobuf
import numpy as np
import onnx
import onnxruntime as ort

from branches import resolve_branches
from constants import hoist_constants
from edges import SettledModel, declared_outputs, read_signature, settle_outputs
from fettle_worker import Facts, Options, Request, main, write_json
from findings import Findings
from fold import fold_constants
from freeze import forget_shapes, freeze_inputs
from graphs import count_operators, default_opset, used_domains
from lower_opset import lower_opset
from model_file import LoadedModel, load_model, save_graph
from narrow_edges import widen_edges
from opset import raise_opset
from sizes import Size, SizeRange

MODEL = "model.onnx"
METADATA = "metadata.json"


def probe(_: Request) -> Facts:
    return {"versions": _versions(), "notes": []}


def prepare(request: Request) -> Facts:
    """Options: `shapes` (input -> sizes, where `{min, opt, max}` leaves one open), `bind` (input -> number), `opset` (the lowest to
    leave a model at), `highest` (the newest that its reader knows; absent: any)."""
    findings = Findings()
    model = load_model(request.input("model"))
    before = sum(count_operators(model.proto.graph).values())
    imported = {entry.domain for entry in model.proto.opset_import}
    metadata = {entry.key: entry.value for entry in model.proto.metadata_props}

    request.progress("converting", 0.1)
    raise_opset(model, request.options.integer("opset"), findings)
    hoist_constants(model.proto, findings)
    frozen = freeze_inputs(model.proto, _shapes(request), request.options.numbers("bind"), findings)
    resolve_branches(model.proto, findings)
    widen_edges(model.proto, findings)
    declared = declared_outputs(model.proto, frozen.symbols)
    forget_shapes(model.proto)
    _infer_shapes(model, findings)
    highest = request.options.optional_integer("highest")
    if highest is not None:
        lower_opset(model, highest, findings)

    request.progress("folding constants", 0.4)
    scratch = request.out / ".scratch"
    file = fold_constants(model, scratch, findings)
    _drop_unused_opsets(model.proto, imported, findings)
    _infer_shapes(model, findings)
    settle_outputs(model.proto, declared, SettledModel(file, frozen.ranges), findings)

    request.progress("writing", 0.9)
    _save(model, request.out / MODEL, findings)
    shutil.rmtree(scratch)
    read_signature(model.proto, frozen.ranges).write(request.out)
    write_json(request.out / METADATA, metadata)
    operators = count_operators(model.proto.graph)
    return {
        "changes": findings.changes,
        "nodesBefore": before,
        "nodesAfter": sum(operators.values()),
        "opset": default_opset(model.proto),
        "operators": operators,
        "versions": _versions(),
        "notes": findings.notes,
    }


def _shapes(request: Request) -> dict[str, list[Size]]:
    shapes: dict[str, list[Size]] = {}
    for name, sizes in request.options.mapping("shapes").items():
        if not isinstance(sizes, list):
            raise TypeError(f"shapes.{name} must be a list of sizes, not {sizes!r}")
        shapes[name] = [_size(name, size) for size in sizes]
    return shapes


def _size(name: str, size: object) -> Size:
    if isinstance(size, dict):
        limits = Options(size)
        return SizeRange(limits.integer("min"), limits.integer("opt"), limits.integer("max"))
    if not isinstance(size, int) or size < 1:
        raise TypeError(f"shapes.{name} must hold sizes and ranges, not {size!r}")
    return size


def _infer_shapes(model: LoadedModel, findings: Findings) -> None:
    try:
        inferred = onnx.shape_inference.infer_shapes(model.proto, data_prop=True)
    except Exception as error:  # noqa: BLE001 - whatever its C++ meets; the model itself may still be fine
        note = f"Shapes could not be inferred: {str(error).strip().splitlines()[0]}"
        if note not in findings.notes:
            findings.noted(note)
        return
    model.proto = inferred


def _drop_unused_opsets(model: onnx.ModelProto, imported: set[str], findings: Findings) -> None:
    """`imported` are the domains the original names: those that folding alone added are not worth a word."""
    # A model always imports ai.onnx; checkers ask for it even where a graph uses none of its operators.
    used = used_domains(model) | {""}
    # The same domain under its two names would read as imported twice.
    imports = {"" if entry.domain == "ai.onnx" else entry.domain: entry.version for entry in model.opset_import}
    dropped = sorted(imported.intersection(imports) - used)
    del model.opset_import[:]
    model.opset_import.extend(onnx.helper.make_opsetid(domain, version) for domain, version in sorted(imports.items()) if domain in used)
    if dropped:
        findings.changed(f"Unused operator sets dropped: {', '.join(dropped)}.")


def _save(model: LoadedModel, path: Path, findings: Findings) -> None:
    save_graph(model, path)
    if model.weights is not None:
        findings.noted(f"The weights ({model.weight_bytes / 1e9:.1f} GB) are kept in a file beside the model.")


def _versions() -> dict[str, str]:
    return {
        "onnx": onnx.__version__,
        "onnxruntime": ort.__version__,
        "numpy": np.__version__,
        "protobuf": google.protobuf.__version__,
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    main({"probe": probe, "prepare": prepare})
