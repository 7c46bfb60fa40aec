"""Compiling ahead of time: an ONNX file with one EPContext node, and beside it the context binary for one Hexagon."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from fettle_worker import Facts, Options, Request, WorkerError, write_json
from fettle_worker.ort_errors import explain_ort_error
from htp import PROVIDER, htp_options, open_session
from network import Network, read_network
from versions import versions

MODEL = "model.onnx"
#: The name the provider gives the binary of `model.onnx`.
BINARY = "model_qnn.bin"
#: What the compiled network consists of, for `infer` and for whoever inspects the artifact.
NETWORK = "network.json"

#: Among the compiler's settings in the binary, `name=value;` each.
_ARCHITECTURE = re.compile(rb";arch=(\d+);")


def compile_model(request: Request) -> Facts:
    """Options: `precision`: `float16` (the model's own floating point, as the HTP computes it) or `int8` (of a model with Q/DQ)."""
    if request.target is None:
        raise ValueError("a compile request without a target")
    architecture = request.target.text("architecture")
    provider = htp_options(architecture, request.target.optional_text("soc"))
    request.progress("compiling for the HTP", 0.1)
    network = _compile(request, provider)
    _check_precision(request.options.text("precision"), network)
    _check_architecture(request.out / BINARY, provider["htp_arch"])
    write_json(request.out / NETWORK, {"operators": network.operators, "precision": network.precision})
    shutil.copyfile(request.input("model") / "signature.json", request.out / "signature.json")
    return {
        "versions": versions(),
        "files": [MODEL, BINARY, NETWORK, "signature.json"],
        "requires": _requires(request.target, architecture),
        "declared": {"precision": network.precision, "estimates": []},
        "details": {"htpArchitecture": architecture, "socModel": provider.get("soc_model"), "operators": network.operators},
        "notes": [],
    }


def _compile(request: Request, provider: dict[str, str]) -> Network:
    model = request.input("model") / MODEL
    with tempfile.TemporaryDirectory() as folder:
        described = {**provider, "enable_htp_prepare_only": "1", "dump_json_qnn_graph": "1", "json_qnn_graph_dir": folder}
        entries = {
            "session.disable_cpu_ep_fallback": "1",
            "ep.context_enable": "1",
            "ep.context_file_path": str(request.out / MODEL),
            "ep.context_embed_mode": "0",
        }
        try:
            open_session(model, described, 1, entries)
        except Exception as error:
            _refuse_unsupported(model, provider)
            raise explain_ort_error(error, "compile the model for the HTP") from error
        return read_network(Path(folder))


def _refuse_unsupported(model: Path, provider: dict[str, str]) -> None:
    """Raises for the first node that the HTP does not take. The error of a refused model does not say which one it is; a session that
    may fall back to the CPU records where each node went."""
    try:
        session = open_session(model, provider, 1, {"session.record_ep_graph_assignment_info": "1"})
        parts = session.get_provider_graph_assignment_info()
    except Exception:  # noqa: BLE001 - the first session's error says more
        return
    for part in parts:
        if part.ep_name == PROVIDER:
            continue
        for node in part.get_nodes():
            message = f"Qualcomm's HTP has no implementation of {node.op_type} as this model uses it (node {node.name!r})"
            raise WorkerError("unsupported-operator", message, {"node": node.name, "operator": node.op_type})


def _check_precision(asked: str, network: Network) -> None:
    if asked == "int8" and not any(name in network.precision for name in ("int8", "uint8")):
        message = "nothing in this model is quantised, and this toolchain does not quantise"
        raise WorkerError("unsupported-model", message, {"hint": "give it a model with QuantizeLinear and DequantizeLinear"})


def _check_architecture(binary: Path, wanted: str) -> None:
    """The compiler writes its settings into the binary; an option that it ignored would show there and nowhere else."""
    found = _ARCHITECTURE.search(binary.read_bytes())
    if found is None:
        raise WorkerError("toolchain-error", f"{binary.name} does not say which Hexagon it was compiled for")
    if found.group(1).decode() != wanted:
        raise WorkerError("toolchain-error", f"asked for Hexagon v{wanted}, and {binary.name} was compiled for v{found.group(1).decode()}")


def _requires(target: Options, architecture: str) -> dict[str, object]:
    packages = {name: version for name, version in versions().items() if name != "numpy"}
    return {
        "architecture": target.text("host"),
        "cpuFeatures": [],
        "packages": packages,
        "device": {"device": "npu", "vendor": "qualcomm", "architectures": [architecture], "driver": None},
    }
