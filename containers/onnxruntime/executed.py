"""Which precision ran, and where, from ONNX Runtime's own profile of each operator."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from feeds import Arrays, make_runner, numpy_name
from sessions import Settings, open_session

#: Their time is that of the nodes inside them, which have events of their own.
_CONTAINERS = frozenset({"If", "Loop", "Scan"})
#: Eight-bit arithmetic has one name, whether its zero point is signed or not.
_FAMILIES = {"uint8": "int8"}
_PROVIDERS = {"CPUExecutionProvider": "cpu"}


@dataclass
class Executed:
    """Shares are of operator runs and of their time, each summing to 1."""

    precision: dict[str, dict[str, float]] = field(default_factory=dict)
    placement: dict[str, float] = field(default_factory=dict)
    operators: dict[str, int] = field(default_factory=dict)


def profile_precision(model: Path, level: str, threads: int, samples: Sequence[Arrays]) -> Executed:
    """Runs the samples once with profiling on. An operator counts for the type of its first output."""
    with tempfile.TemporaryDirectory() as folder:
        session = open_session(model, Settings(level, threads, profile=Path(folder) / "profile"))
        run = make_runner(session, {})
        for sample in samples:
            run(sample)
        events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    return _summarise([event for event in events if _is_operator(event)])


def _is_operator(event: Mapping[str, Any]) -> bool:
    return (
        event.get("cat") == "Node"
        and str(event.get("name", "")).endswith("_kernel_time")
        and event["args"].get("op_name") not in _CONTAINERS
    )


def _summarise(events: Sequence[Mapping[str, Any]]) -> Executed:
    ops: Counter[str] = Counter()
    time: Counter[str] = Counter()
    placed: Counter[str] = Counter()
    operators: Counter[str] = Counter()
    for event in events:
        precision = _precision(event["args"])
        ops[precision] += 1
        time[precision] += event["dur"]
        placed[_PROVIDERS.get(event["args"].get("provider", ""), event["args"].get("provider", "unknown"))] += 1
        operators[event["args"]["op_name"]] += 1
    all_time = sum(time.values())
    return Executed(
        {name: {"ops": count / len(events), "time": time[name] / all_time if all_time else 0.0} for name, count in sorted(ops.items())},
        {name: count / len(events) for name, count in sorted(placed.items())},
        dict(sorted(operators.items())),
    )


def _precision(args: Mapping[str, Any]) -> str:
    outputs = args.get("output_type_shape") or []
    name = numpy_name(next(iter(outputs[0]), "none")) if outputs else "none"
    return _FAMILIES.get(name, name)
