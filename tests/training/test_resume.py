"""A run that is killed at any moment continues with the losses that it would have had."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest

from cs336_core.training.runs import resume, train
from tests.training.small import exit_code, forked, logged, small_config, small_corpus

CHANGES = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    return small_corpus(tmp_path_factory.mktemp("corpus"))


def killed(job: Callable[[], Iterable[object]], folder: Path, kill_at: int) -> Iterator[object]:
    """Run a job, and kill this process before it changes a file in `folder` for the n-th time."""
    n = 0

    def count(event: str, arguments: object) -> None:
        nonlocal n
        if event in CHANGES and str(folder) in str(arguments):
            n += 1
            if n == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    yield from job()


def begin_or_resume(data: str, out: Path) -> Iterator[object]:
    """Train on, from a checkpoint if there is one yet."""
    if (out / "checkpoint").exists():
        return resume(out)
    return train(small_config(data, out, optimizer="muon"))


def test_a_killed_run_has_the_losses_of_one_that_was_not(data: str, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    for _ in begin_or_resume(data, whole):
        pass
    moments = [4, 23, 38, 51]  # of about 70
    for moment in moments:
        job = partial(begin_or_resume, data, tmp_path / str(moment))
        for kill_at in (moment, moment // 2):
            assert exit_code(forked(partial(killed, job, tmp_path, kill_at))) == -signal.SIGKILL
        assert exit_code(forked(job)) == 0
    expected = logged(whole)
    assert [step["step"] for step in expected] == list(range(1, 10))
    for moment in moments:
        out = tmp_path / str(moment)
        assert logged(out) == expected
        assert logged(out, "evaluation") == logged(whole, "evaluation")
        left = {path.name for path in out.iterdir() if not path.name.endswith(".tmp")}
        assert left == {path.name for path in whole.iterdir()}


def test_leaving_the_loop_saves_the_last_step(data: str, tmp_path: Path) -> None:
    whole, left = tmp_path / "whole", tmp_path / "left"
    for _ in train(small_config(data, whole)):
        pass
    events = train(small_config(data, left, save_every=100))
    for event in events:
        if getattr(event, "number", 0) == 5:
            break
    events.close()  # type: ignore[attr-defined]
    assert json.loads((left / "checkpoint" / "config.json").read_text())["step"] == 5
    for _ in resume(left):
        pass
    assert logged(left) == logged(whole)


@pytest.mark.parametrize(
    "options", [{"precision": "bf16"}, {"precision": "fp16"}, {"accumulate": 2}]
)
def test_other_states_are_restored_too(
    data: str, tmp_path: Path, options: dict[str, object]
) -> None:
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    for _ in train(small_config(data, whole, **options)):
        pass
    events = train(small_config(data, halves, **options))
    while getattr(next(events), "number", 0) != 6:
        pass
    events.close()  # type: ignore[attr-defined]
    for _ in resume(halves):
        pass
    assert logged(halves) == logged(whole)


def test_a_finished_run_can_be_made_longer(data: str, tmp_path: Path) -> None:
    config = small_config(data, tmp_path / "run", schedule="constant")
    for _ in train(config):
        pass
    for _ in resume(config.out, n_steps=11):
        pass
    longer = small_config(data, tmp_path / "longer", schedule="constant", n_steps=11)
    for _ in train(longer):
        pass
    assert logged(tmp_path / "run") == logged(tmp_path / "longer")
