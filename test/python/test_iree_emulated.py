"""What IREE's worker makes of an emulator's run, with a program in qemu's place. The module is a real one for the Cortex-A76."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from workspace import CONTAINERS, Ended, run_worker, toolchain

from fettle_worker import OutputSet

MODULE = CONTAINERS.parent / "test" / "fixtures" / "iree" / "cortex-a76.vmfb"
TENSOR = {"dtype": "float32", "shape": [4]}

#: In qemu's place: keeps the words it was started with, has no profiler, and does with the input what BODY says.
STAND_IN = """#!{python}
import os, pathlib, signal, sys
import numpy as np
words = sys.argv[1:]
pathlib.Path({told!r}).write_text("\\n".join(words))
if any(word.startswith("--device_profiling") for word in words):
    sys.exit("no profiler")
given = next(word[len("--input=@"):] for word in words if word.startswith("--input="))
output = next(word[len("--output=@"):] for word in words if word.startswith("--output="))
x = np.load(given)
{body}
"""
DOUBLES = "np.save(output, x + x)"


def infer(folder: Path, body: str, cpu: str = "cortex-a53", path: str | None = None) -> Ended:
    """Three samples through the worker's `infer`, emulated by the stand-in."""
    artifact, data = folder / "artifact", folder / "data"
    for place in (artifact, data):
        place.mkdir(parents=True)
    shutil.copy(MODULE, artifact / "model.vmfb")
    (artifact / "signature.json").write_text(json.dumps({"inputs": [{"name": "x", **TENSOR}], "outputs": [{"name": "y", **TENSOR}]}))
    np.save(data / "x.npy", np.arange(12, dtype=np.float32).reshape(3, 4))
    shards = [{"samples": 3, "inputs": {"x": "x.npy"}, "labels": {}}]
    splits = {"calibration": {"samples": 0, "shards": []}, "validation": {"samples": 3, "shards": shards}}
    (data / "dataset.json").write_text(json.dumps({"format": "fettle.dataset/1", "splits": splits}))
    program = folder / "qemu-aarch64"
    program.write_text(STAND_IN.format(python=sys.executable, told=str(folder / "told"), body=body))
    program.chmod(0o755)
    emulator = {"name": "qemu-aarch64", "version": "7.2.22", "path": path or str(program), "root": "/arm", "cpu": cpu, "libc": "GLIBC 2.36"}
    request = {
        "verb": "infer",
        "inputs": {"artifact": str(artifact), "data": str(data)},
        "options": {"split": "validation"},
        "target": {"device": "cpu", "architecture": "aarch64", "cpu": "cortex-a78"},
        "emulator": emulator,
    }
    return run_worker(toolchain("iree"), folder / "workspace", request)


def test_every_sample_is_run_by_the_emulator_as_the_cpu_that_was_chosen(tmp_path: Path) -> None:
    ended = infer(tmp_path, DOUBLES)
    assert ended.facts["details"]["emulator"] == {
        "name": "qemu-aarch64",
        "version": "7.2.22",
        "cpu": "cortex-a53",
        "libc": "GLIBC 2.36",
    }
    assert ended.facts["executedPrecision"] == {"float32": {"ops": 1.0, "time": None}}
    assert ended.facts["precisionEvidence"] == "declared"
    assert ended.facts["notes"][0] == "run by qemu-aarch64 7.2.22 as cortex-a53, with GLIBC 2.36: no speed was measured"
    assert [sample["y"].tolist() for sample in OutputSet(ended.out)] == [[0, 2, 4, 6], [8, 10, 12, 14], [16, 18, 20, 22]]
    words = (tmp_path / "told").read_text().splitlines()
    assert words[:4] == ["-L", "/arm", "-cpu", "cortex-a53"]
    assert words[4].endswith("/foreign/aarch64/iree/_runtime_libs/iree-run-module")
    assert "--device=local-sync" in words


def test_a_cpu_with_every_instruction_is_said_to_be_one(tmp_path: Path) -> None:
    notes = infer(tmp_path, DOUBLES, cpu="max").facts["notes"]
    assert "qemu-aarch64 7.2.22 knows no CPU like cortex-a78: as `max` it has every instruction, also those that cortex-a78 lacks" in notes


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "os.kill(os.getpid(), signal.SIGILL)",
            "It uses an instruction that cortex-a53 lacks (SIGILL), as qemu-aarch64 7.2.22 emulates",
        ),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "It crashed with SIGSEGV under qemu-aarch64 7.2.22 as cortex-a53"),
        ("sys.exit('INVALID_ARGUMENT; no')", "IREE cannot run the module under qemu-aarch64 7.2.22: INVALID_ARGUMENT; no"),
        ("sys.exit(7)", "IREE cannot run the module under qemu-aarch64 7.2.22: status 7"),
        ("pass", "iree-run-module ended well and left no output y that can be read: "),
        ("open(output, 'wb').write(b'garbage')", "iree-run-module ended well and left no output y that can be read: "),
        ("np.save(output, x.astype(np.float64))", "y came as float64 and is declared float32"),
    ],
)
def test_what_goes_wrong_is_told_in_words_and_gives_no_outputs(tmp_path: Path, body: str, message: str) -> None:
    ended = infer(tmp_path, body)
    assert ended.error["code"] == "toolchain-error"
    assert ended.error["message"].startswith(message)
    assert not (ended.out / "outputs.json").exists()


def test_what_one_sample_left_is_not_taken_for_the_next_ones(tmp_path: Path) -> None:
    assert "no output y" in infer(tmp_path, "if x[0] == 0: np.save(output, x)").error["message"]


def test_an_emulator_that_does_not_start(tmp_path: Path) -> None:
    assert infer(tmp_path, DOUBLES, path="/nowhere/qemu").error["message"].startswith("qemu-aarch64 7.2.22 does not start here: ")
