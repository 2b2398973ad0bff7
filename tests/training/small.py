"""A corpus and a run small enough for tests."""

from __future__ import annotations

import json
import os
import signal
import traceback
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch

from cs336_core.model.config import ModelConfig
from cs336_core.tokenization import BPEParams, BPETokenizer
from cs336_core.training.data import prepare
from cs336_core.training.runs import TrainingConfig

TOKENIZER = BPETokenizer(BPEParams.trained([(b"t", b"h"), (b"th", b"e")], ["<|endoftext|>"]))
TEXT = "the cat in the hat and the bat on the mat. "
CONFIG = ModelConfig(vocab_size=11, context_length=16, n_layers=1, d_model=16, n_heads=2)
TOKENS = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9] * 8  # of that vocabulary
MODEL = {"n_layers": 1, "d_model": 16, "n_heads": 2, "context_length": 8}


def small_corpus(folder: Path) -> str:
    """Prepare a corpus of a few hundred tokens; return its folder."""
    torch.set_num_threads(1)
    return str(prepare([TEXT * 20], folder / "data", TOKENIZER).folder)


def small_config(data: str, out: Path, **options: Any) -> TrainingConfig:
    """Return a run of nine steps with evaluations and checkpoints in between."""
    model = {**MODEL, **options.pop("model", {})}
    defaults = {"n_steps": 9, "batch_size": 4, "eval_every": 3, "save_every": 2, "warmup": 2}
    return TrainingConfig(data=data, out=str(out), model=model, **{**defaults, **options})


def logged(out: Path, event: str = "step") -> list[dict[str, Any]]:
    """Return the events of one kind in the log of a run."""
    lines = (out / "log.jsonl").read_text().splitlines()
    return [line for line in map(json.loads, lines) if line["event"] == event]


def forked(job: Callable[[], Iterable[object]]) -> int:
    """Start a process that runs a job to the end, such as a training run; return its id.

    It is a fork of this one, which has PyTorch loaded already: importing it takes seconds.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # this process has other threads
        process = os.fork()
    if process:
        return process
    try:
        signal.alarm(100)
        for _ in job():
            pass
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def exit_code(process: int) -> int:
    """Wait for the end of a process; return its exit code, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
