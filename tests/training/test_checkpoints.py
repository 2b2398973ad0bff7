"""Checkpoints restore what they saved, and refuse what is not theirs."""

from __future__ import annotations

import errno
import io
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.training.batches import random_batches
from cs336_core.training.checkpoints import CheckpointError, load_checkpoint, save_checkpoint
from cs336_core.training.loop import train_steps
from cs336_core.training.optimizers import SGD, AdamW
from cs336_core.training.runs import resume, train
from tests.training.small import CONFIG, small_config, small_corpus


def trained(seed: int, n_steps: int = 3) -> tuple[LanguageModel, AdamW]:
    torch.manual_seed(seed)
    model = LanguageModel(CONFIG)
    optimizer = AdamW(model.parameters(), 0.01)
    batches = random_batches(list(range(11)) * 9, 4, 8, seed=seed)
    list(train_steps(model, batches, optimizer, n_steps=n_steps))
    return model, optimizer


@pytest.mark.parametrize("in_memory", [False, True])
def test_training_continues_as_if_it_had_not_stopped(tmp_path: Path, in_memory: bool) -> None:
    model, optimizer = trained(1)
    file = io.BytesIO()
    out = file if in_memory else tmp_path / "checkpoint.pt"
    save_checkpoint(model, optimizer, 3, out)
    file.seek(0)
    other, other_optimizer = trained(2)
    assert load_checkpoint(out, other, other_optimizer) == 3
    losses = []
    for each, its_optimizer in ((model, optimizer), (other, other_optimizer)):
        batches = random_batches(list(range(11)) * 9, 4, 8, seed=5)
        losses.append([x.loss for x in train_steps(each, batches, its_optimizer, n_steps=4)])
    assert losses[0] == losses[1]


class Code:
    """Runs when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return os.system, ("exit 1",)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda content: content[: len(content) // 2], "cut off"),
        (lambda content: b"", "cut off"),
        (lambda content: pickle.dumps(Code()), "is not a checkpoint"),
        (lambda content: packed({"weights": 1}), "has no model, optimizer, iteration"),
        (lambda content: packed([1]), "has no model, optimizer, iteration"),
    ],
)
def test_damaged_and_foreign_files_are_refused(
    tmp_path: Path, damage: Callable[[bytes], bytes], message: str
) -> None:
    model, optimizer = trained(1)
    before = [parameter.clone() for parameter in model.parameters()]
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(model, optimizer, 3, path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(path, model, optimizer)
    assert all(map(torch.equal, model.parameters(), before))


def packed(value: object) -> bytes:
    file = io.BytesIO()
    torch.save(value, file)
    return file.getvalue()


def test_another_model_or_optimizer_is_refused(tmp_path: Path) -> None:
    model, optimizer = trained(1)
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(model, optimizer, 3, path)
    wider = LanguageModel(ModelConfig(**{**vars(CONFIG), "d_model": 32}))
    with pytest.raises(CheckpointError, match=r"another model: its embedding.weight has shape"):
        load_checkpoint(path, wider, AdamW(wider.parameters()))
    deeper = LanguageModel(ModelConfig(**{**vars(CONFIG), "n_layers": 2}))
    with pytest.raises(CheckpointError, match=r"another model: it lacks blocks.1.* more"):
        load_checkpoint(path, deeper, AdamW(deeper.parameters()))
    with pytest.raises(CheckpointError, match="another optimizer than SGD"):
        load_checkpoint(path, model, SGD(model.parameters()))


def test_a_full_disk_leaves_the_old_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = small_corpus(tmp_path)
    out = tmp_path / "run"
    steps = 0

    def full(_descriptor: int) -> None:
        if steps >= 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    events = train(small_config(data, out))
    with pytest.raises(OSError, match="No space left"):  # noqa: PT012  (the loop raises)
        for event in events:
            steps = getattr(event, "number", steps)
    monkeypatch.undo()
    assert not [path for path in out.rglob("*") if path.name.endswith(".tmp")]
    started = next(iter(resume(out)))
    assert started.done == 2  # type: ignore[union-attr]


def test_damaged_runs_are_refused(tmp_path: Path) -> None:
    data = small_corpus(tmp_path)
    out = tmp_path / "run"
    with pytest.raises(CheckpointError, match="does not exist, so there is no checkpoint"):
        resume(out)
    for _ in train(small_config(data, out, n_steps=2)):
        pass
    state, config = out / "checkpoint" / "state.pt", out / "checkpoint" / "config.json"
    whole, described = state.read_bytes(), config.read_text()
    state.write_bytes(whole[:-100])
    with pytest.raises(CheckpointError, match="damaged or of another run"):
        resume(out)
    state.write_bytes(whole)
    config.write_text(described.replace('"d_model": 16', '"d_model": 32'))
    with pytest.raises(CheckpointError, match=r"another model: its embedding\.weight has shape"):
        resume(out)
    config.write_text("{}")
    with pytest.raises(CheckpointError, match="does not describe a checkpoint"):
        resume(out)
    state.unlink()
    config.write_text(described)
    with pytest.raises(CheckpointError, match=r"state\.pt is missing"):
        resume(out)
