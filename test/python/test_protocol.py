"""A worker seen from outside: its channel, its result and its exit."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from workspace import Ended, run_worker

#: A worker whose library prints from C, as vendors' do, and leaves a child that does so too.
FAKE = """
    import os, subprocess, sys
    from fettle_worker import WorkerError, main

    def say(request):
        print("printed by Python")
        os.write(1, b"written to descriptor 1\\n")
        subprocess.run([sys.executable, "-c", "print('printed by a child')"])
        request.progress("half way", 0.5)
        (request.out / "artifact").write_text(request.input("model").name)
        return {"level": request.options.text("level"), "read": sys.stdin.read()}

    def refuse(request):
        raise WorkerError("unsupported-operator", "no LSTM here", {"node": "lstm_1", "operator": "LSTM"})

    def crash(request):
        os.kill(os.getpid(), 11)

    def fail(request):
        raise KeyError("a bug of the worker")

    def not_json(request):
        return {"ratio": float("nan")}

    calls = []
    def load(request):
        if "refuse" in request.options:
            raise WorkerError("unsupported-model", "not this one")
        return [lambda: calls.append("a"), lambda: (calls.append("b"), print("printed while measured"))]

    main({"say": say, "refuse": refuse, "crash": crash, "fail": fail, "not_json": not_json}, measure=load)
"""


@pytest.fixture
def worker(tmp_path: Path) -> Path:
    path = tmp_path / "worker.py"
    path.write_text(textwrap.dedent(FAKE))
    return path


def ask(worker: Path, verb: str, commands: str = "", **options: object) -> Ended:
    request = {"verb": verb, "inputs": {"model": "in/model/silero.onnx"}, "options": options}
    return run_worker(worker, worker.parent / "workspace", request, commands)


def test_whatever_is_printed_goes_to_the_log_and_never_into_the_protocol(worker: Path) -> None:
    ended = ask(worker, "say", "a command that no library may eat\n", level="extended")
    assert ended.code == 0
    assert ended.answers == [{"progress": {"text": "half way", "fraction": 0.5}}]
    assert ended.facts == {"level": "extended", "read": ""}
    for text in ("printed by Python", "written to descriptor 1", "printed by a child"):
        assert text in ended.log
    assert (ended.out / "artifact").read_text() == "silero.onnx"


def test_an_understood_failure_is_a_result_and_status_3(worker: Path) -> None:
    ended = ask(worker, "refuse")
    assert ended.error == {"code": "unsupported-operator", "message": "no LSTM here", "details": {"node": "lstm_1", "operator": "LSTM"}}
    assert ended.code == 3


@pytest.mark.parametrize(("verb", "code"), [("crash", -11), ("fail", 1), ("not_json", 1), ("compile", 1)])
def test_anything_else_leaves_no_result(worker: Path, verb: str, code: int) -> None:
    ended = ask(worker, verb)
    assert (ended.code, ended.result) == (code, None)
    assert not list(worker.parent.glob("workspace/*.partial")) or verb == "crash"


def test_a_request_of_another_protocol_is_refused(worker: Path) -> None:
    ended = run_worker(worker, worker.parent / "workspace", {"verb": "say", "protocol": 2})
    assert ended.code == 1
    assert "speaks protocol 2" in ended.log


def test_measure_answers_each_run_with_that_many_times(worker: Path) -> None:
    ended = ask(worker, "measure", '{"run": 3}\n\n{"run": 2}\n{"stop": true}\n{"run": 9}\n')
    ready, first, second = ended.answers
    assert (ended.code, ready, ended.facts) == (0, {"ready": True}, {})
    assert [len(first["wall_ns"]), len(first["cpu_ns"]), len(second["wall_ns"])] == [3, 3, 2]
    assert all(isinstance(time, int) and time >= 0 for time in [*first["wall_ns"], *first["cpu_ns"]])
    # Inputs in turn over both runs: a b a, then b a.
    assert ended.log.count("printed while measured") == 2


def test_measure_takes_the_samples_it_is_told_counted_round(worker: Path) -> None:
    ended = ask(worker, "measure", '{"run": 1}\n{"run": 4, "samples": [1, 1, 3, 2]}\n{"run": 1}\n')
    assert [len(answer["wall_ns"]) for answer in ended.answers[1:]] == [1, 4, 1]
    # a, then b b b a, and the run without samples goes on where the last one of its kind stopped: b.
    assert ended.log.count("printed while measured") == 4


def test_the_end_of_input_ends_measure(worker: Path) -> None:
    ended = ask(worker, "measure")
    assert (ended.code, ended.answers) == (0, [{"ready": True}])


def test_a_failure_while_loading_is_answered_to_whoever_waits(worker: Path) -> None:
    ended = ask(worker, "measure", '{"run": 1}\n', refuse=True)
    error = {"code": "unsupported-model", "message": "not this one", "details": {}}
    assert (ended.code, ended.answers, ended.error) == (3, [{"error": error}], error)


@pytest.mark.parametrize(
    "command",
    [
        '{"run": 0}',
        '{"run": true}',
        '{"run": 2, "samples": [0]}',
        '{"run": 1, "samples": [-1]}',
        '{"run": 1, "samples": [true]}',
        '{"run": 1, "samples": 0}',
        '{"walk": 3}',
        "[50]",
        "run 50",
    ],
)
def test_a_command_that_is_none_ends_measure_with_an_error(worker: Path, command: str) -> None:
    ended = ask(worker, "measure", f"{command}\n")
    assert (ended.code, ended.answers, ended.result) == (1, [{"ready": True}], None)
