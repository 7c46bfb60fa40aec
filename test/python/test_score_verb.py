"""Metrics run by the scripts worker."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import numpy as np
from test_dataset import write_dataset
from workspace import Ended, run_worker, toolchain

from fettle_worker import OutputWriter, write_json


def run_metric(tmp_path: Path, body: str, candidate_samples: int = 3) -> Ended:
    for folder in ("model", "data", "script"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    write_json(tmp_path / "model" / "metadata.json", {"unit": "m"})
    write_dataset(tmp_path / "data", [2, 1])
    for whose, samples, base in (("reference", 3, 0.0), ("candidate", candidate_samples, 10.0)):
        with OutputWriter(tmp_path / f"{whose}-{candidate_samples}", ["y"], [2, 1]) as writer:
            for index in range(samples):
                writer.add([np.array([base + index], np.float32)])
    (tmp_path / "script" / "metric.py").write_text(textwrap.dedent(body).strip())
    inputs = {name: str(tmp_path / name) for name in ("model", "data", "script")}
    inputs |= {whose: str(tmp_path / f"{whose}-{candidate_samples}") for whose in ("reference", "candidate")}
    request = {"verb": "score", "inputs": inputs, "options": {"script": "metric.py", "split": "validation"}}
    return run_worker(toolchain("scripts"), tmp_path / "workspace", request)


def test_each_sample_is_scored_for_reference_and_candidate(tmp_path: Path) -> None:
    body = """
        def score(outputs, reference, labels, context):
            assert str(labels["text"]) == f"line {context.sample}" and context.metadata == {"unit": "m"}
            return outputs.pop("y")[0] - reference["y"][0] + context.sample / 2
    """
    ended = run_metric(tmp_path, body)
    assert ended.facts == {"notes": []}
    assert json.loads((ended.out / "scores.json").read_text()) == {"reference": [0, 0.5, 1], "candidate": [10, 10.5, 11]}


def test_scores_that_are_none_are_the_script_s_fault(tmp_path: Path) -> None:
    faults = {
        "return None": "metric.py, score of sample 0 of the reference is NoneType, not a number",
        "return float('nan')": "metric.py, score of sample 0 of the reference is nan",
        "return outputs['z']": "metric.py:2: KeyError: 'z'",
    }
    for number, (body, fault) in enumerate(faults.items()):
        error = run_metric(tmp_path / str(number), f"def score(outputs, reference, labels, context):\n    {body}").error
        assert (error["code"], error["message"]) == ("script-error", fault)


def test_outputs_of_another_number_of_samples_are_invalid_data(tmp_path: Path) -> None:
    error = run_metric(tmp_path, "def score(*_):\n    return 1", candidate_samples=2).error
    assert (error["code"], error["message"]) == ("invalid-data", "the candidate has outputs for 2 of 3 samples")
