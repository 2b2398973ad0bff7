"""A run that is killed at any moment continues with the losses that it would have had."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cs336_core.training.runs import resume, train
from tests.training.small import logged, small_config, small_corpus


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    return small_corpus(tmp_path_factory.mktemp("corpus"))


# Runs in forks, since importing PyTorch takes seconds: a whole run first, then one for each n that
# is killed before it changes a file for the n-th time, continued, killed again, and continued.
KILLS = """
import os, signal, sys
from pathlib import Path
import torch
from cs336_core.training.runs import resume, train
from tests.training.small import logged, small_config

CHANGES = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"}
data, folder = sys.argv[1], Path(sys.argv[2])
torch.set_num_threads(1)

def forked(job, kill_at):
    process = os.fork()
    if process == 0:
        n = 0
        def count(event, arguments):
            nonlocal n
            if event in CHANGES and str(folder) in str(arguments):
                n += 1
                if n == kill_at:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(count)
        for _ in job():
            pass
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])

for _ in train(small_config(data, folder / "whole", optimizer="muon")):
    pass
for kill_at in map(int, sys.argv[3:]):
    out = folder / str(kill_at)
    config = small_config(data, out, optimizer="muon")
    first = forked(lambda: train(config), kill_at)
    again = lambda: resume(out) if (out / "checkpoint").exists() else train(config)
    second = forked(again, kill_at // 2)
    third = forked(again, None)
    print(first, second, third, flush=True)
"""


def test_a_killed_run_has_the_losses_of_one_that_was_not(data: str, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    moments = [4, 9, 23, 38, 51]  # of about 70
    command = [sys.executable, "-c", KILLS, data, str(tmp_path), *map(str, moments)]
    root = Path(__file__).parents[2]
    result = subprocess.run(command, capture_output=True, text=True, cwd=root, check=False)
    assert result.stdout.splitlines() == ["-9 -9 0"] * len(moments), result.stderr
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
