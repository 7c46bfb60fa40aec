"""What iree-compile says when it fails, turned into a failure of the protocol. Pure.

Its messages are MLIR diagnostics, `<unknown>:0: error: loc("NODE"): MESSAGE`, with the names that the import gave the nodes. Where there is
no implementation the operation is still ONNX's: `"torch.operator"(...) <{name = "onnx.Unique"}>`.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping

from fettle_worker import WorkerError

_ERROR = re.compile(r"^.*?\berror: (?:loc\((?P<place>.*?)\): )?(?P<message>.+)$", re.MULTILINE)
#: The innermost call of the compiler's own in a stack dump.
_FRAME = re.compile(r"^ *#\d+ 0x[0-9a-f]+ (?P<call>(?:mlir|\(anonymous|torch|iree).*)$", re.MULTILINE)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ONNX_OPERATION = re.compile(r'"?torch\.operator"?.*?name = "onnx\.(?P<operator>[^"]+)"')
_STACK = "exceeded stack allocation limit"
_UNKNOWN_CPU = re.compile(r"^.*is not a recognized processor.*$|^Unknown CPU for target architecture.*$", re.MULTILINE)
_NO_TARGET = re.compile(r"missing GPU target in|Unknown (?:CUDA|ROCM|Vulkan) target")


def is_stack_limit(log: str) -> bool:
    return _STACK in log


def unknown_cpu(log: str) -> WorkerError | None:
    """The failure for a CPU that LLVM does not know. It may go on all the same, with code for another one."""
    found = _UNKNOWN_CPU.search(log)
    if found is None:
        return None
    return WorkerError("unsupported-model", f"IREE does not know the target's CPU: {found.group(0)}", {"keyLine": found.group(0)})


def compile_failure(log: str, status: int, nodes: Mapping[str, tuple[str, str]]) -> WorkerError:
    """The failure to report for what iree-compile wrote and its exit status, negative where a signal ended it."""
    found = _ERROR.search(log)
    if found is None:
        return _without_words(log, status)
    key_line = found.group("message")[:400]
    if _NO_TARGET.search(key_line):
        return WorkerError("unsupported-model", f"IREE cannot compile for this hardware: {key_line}", {"keyLine": key_line})
    missing = _ONNX_OPERATION.search(found.group("message"))
    node = _node(found.group("place") or "", nodes)
    if missing is not None:
        return _no_implementation(missing.group("operator"), node, key_line)
    if node is not None and _STACK not in key_line:
        name, operator = node
        details = {"node": name, "operator": operator, "keyLine": key_line}
        return WorkerError("unsupported-operator", f"IREE cannot compile the {operator} node {name!r}: {key_line}", details)
    return WorkerError("unsupported-model", f"IREE cannot compile the model: {key_line}", {"keyLine": key_line})


def _without_words(log: str, status: int) -> WorkerError:
    if status >= 0:
        return WorkerError("toolchain-error", f"iree-compile ended with status {status} and says no reason", {"keyLine": _last_line(log)})
    name = signal.Signals(-status).name
    # What it leaves are its arguments and its stack, outermost call last.
    frame = _FRAME.search(log)
    details = {"keyLine": frame.group("call")[:400] if frame else name}
    return WorkerError("toolchain-error", f"iree-compile crashed ({name}) on this model", details)


def _no_implementation(operator: str, node: tuple[str, str] | None, key_line: str) -> WorkerError:
    # A node of a function that ONNX defines an operator by is not in the user's graph.
    name = node[0] if node is not None and node[1] == operator else ""
    at = f", which node {name!r} needs" if name else ""
    details = {"node": name, "operator": operator, "keyLine": key_line}
    return WorkerError("unsupported-operator", f"IREE has no implementation of {operator}{at}", details)


def _node(place: str, nodes: Mapping[str, tuple[str, str]]) -> tuple[str, str] | None:
    """The first ONNX node that a location names; fused locations name several."""
    return next((nodes[name] for name in _QUOTED.findall(place) if name in nodes), None)


def _last_line(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return lines[-1][:400] if lines else ""
