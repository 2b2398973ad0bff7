"""A corpus and a run small enough for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from cs336_core.tokenization import BPEParams, BPETokenizer
from cs336_core.training.data import prepare
from cs336_core.training.runs import TrainingConfig

TOKENIZER = BPETokenizer(BPEParams.trained([(b"t", b"h"), (b"th", b"e")], ["<|endoftext|>"]))
TEXT = "the cat in the hat and the bat on the mat. "
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
