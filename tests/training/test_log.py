"""The log has each step once, and TensorBoard gets the numbers where it is installed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from cs336_core.training.errors import TrainingError
from cs336_core.training.loop import Step
from cs336_core.training.runs import Evaluation, Saved
from cs336_core.training.runs import log as log_module
from cs336_core.training.runs.log import RunLog


def step(number: int) -> Step:
    return Step(number, 2.0 / number, 0.1, 1.0, 32)


def numbers(path: Path) -> list[int]:
    return [json.loads(line)["step"] for line in path.read_text().splitlines()]


def test_a_continued_log_has_each_step_once(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    log = RunLog(path, 0)
    for number in range(1, 6):
        log.write(step(number))
    log.write(Saved(5, tmp_path))  # not worth a line
    log.close()
    with path.open("a") as file:
        file.write('{"event": "step", "st')  # killed here
    log = RunLog(path, 3)
    log.write(step(4))
    log.close()
    assert numbers(path) == [1, 2, 3, 4]
    assert json.loads(path.read_text().splitlines()[-1]) == {
        "event": "step",
        "step": 4,
        "loss": 0.5,
        "learning_rate": 0.1,
        "gradient_norm": 1.0,
        "tokens": 32,
        "is_skipped": False,
    }


def test_two_runs_at_once_cannot_use_a_folder(tmp_path: Path) -> None:
    log = RunLog(tmp_path / "log.jsonl", 0)
    log.write(step(1))
    message = f"another run is still using {re.escape(str(tmp_path))}; wait for it to finish"
    with pytest.raises(TrainingError, match=message):
        RunLog(tmp_path / "log.jsonl", 0)
    log.close()
    assert numbers(tmp_path / "log.jsonl") == [1]
    RunLog(tmp_path / "log.jsonl", 1).close()


def test_tensorboard_gets_the_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []

    class Writer:
        def __init__(self, folder: str, purge_step: int) -> None:
            written.append((folder, purge_step))

        def add_scalar(self, name: str, value: float, number: int) -> None:
            written.append((name, value, number))

        def close(self) -> None:
            written.append(("closed",))

    module = SimpleNamespace(SummaryWriter=Writer)
    monkeypatch.setattr(log_module, "find_spec", lambda name: name == "tensorboard" or None)
    monkeypatch.setattr(log_module, "import_module", lambda name: module)
    log = RunLog(tmp_path / "log.jsonl", 6)
    log.write(step(8))
    log.write(Evaluation(8, 1.5, None, True))
    log.close()
    assert written == [
        (str(tmp_path / "tensorboard"), 7),
        ("step/loss", 0.25, 8),
        ("step/learning_rate", 0.1, 8),
        ("step/gradient_norm", 1.0, 8),
        ("evaluation/loss", 1.5, 8),
        ("closed",),
    ]
