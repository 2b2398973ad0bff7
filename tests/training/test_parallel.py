"""Two processes that share each batch have the losses of one process."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from cs336_core.training.errors import TrainingError
from cs336_core.training.parallel import Workers, joined_workers
from cs336_core.training.runs import resume, train
from tests.training.small import exit_code, forked, logged, small_config, small_corpus


def shared_run(data: str, out: Path, rank: int, port: int) -> Iterator[object]:
    """Train in one of two processes, which torchrun would have started with these variables."""
    here = {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": "2"}
    store = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "TORCHELASTIC_RUN_ID": "test"}
    os.environ.update(here | store)
    with joined_workers() as workers:
        events = train(small_config(data, out, accumulate=2), workers)
        while getattr(next(events), "number", 0) < 6:
            yield
        events.close()  # type: ignore[attr-defined]
        workers.wait()  # until the first has saved
        yield from resume(out, workers=workers)


def test_two_processes_have_the_losses_of_one(tmp_path: Path) -> None:
    data = small_corpus(tmp_path)
    alone, shared = tmp_path / "alone", tmp_path / "shared"
    for _ in train(small_config(data, alone)):
        pass
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    processes = [forked(partial(shared_run, data, shared, rank, port)) for rank in range(2)]
    assert [exit_code(process) for process in processes] == [0, 0]
    steps = logged(shared)
    assert [step["step"] for step in steps] == list(range(1, 10))
    for ours, expected in zip(steps, logged(alone), strict=True):
        # The sum of gradients has another order, which rounds differently in 32 bits.
        assert ours["loss"] == pytest.approx(expected["loss"], rel=1e-5)
        assert ours["gradient_norm"] == pytest.approx(expected["gradient_norm"], rel=1e-4)
        assert ours["tokens"] == expected["tokens"]


def test_a_process_that_torchrun_did_not_start_is_alone() -> None:
    with joined_workers() as workers:
        assert workers == Workers(rank=0, size=1)
        assert workers.total(3.5) == 3.5


def test_a_batch_that_cannot_be_shared_is_refused(tmp_path: Path) -> None:
    config = small_config(small_corpus(tmp_path), tmp_path / "run", batch_size=3)
    with pytest.raises(TrainingError, match="3 sequences cannot be shared by 2 workers"):
        train(config, Workers(rank=0, size=2))
