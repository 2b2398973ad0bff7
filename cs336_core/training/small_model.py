"""The small model that runs in pages: about 270,000 parameters that have read stories and plays.

Training takes about a minute and a half on one core. Most of the text are short stories whose words
repeat, so the model learns to look back for them; a few plays of Shakespeare add the rest of
English. Neither changes with the site, so the model is trained once. Its checkpoints show a model
as it learns.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from statistics import fmean

import torch
from torch import Tensor

from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.layers import truncated_normal
from cs336_core.model.losses import cross_entropy
from cs336_core.texts.shakespeare import plays
from cs336_core.texts.stories import stories
from cs336_core.training.batches import Batch, random_batches
from cs336_core.training.initialization import parameter_groups, role_of
from cs336_core.training.loop import train_steps
from cs336_core.training.muon import Muon
from cs336_core.training.schedules import build_schedule

CONFIG = ModelConfig(
    vocab_size=1024,
    context_length=64,
    n_layers=4,
    d_model=64,
    n_heads=4,
    d_ff=176,
    tied_embeddings=True,
)
N_STORIES = 30_000
PLAYS = ("Hamlet", "Macbeth", "A Midsummer Night's Dream", "Othello", "Romeo and Juliet")
N_STEPS = 1300
BATCH_SIZE = 16
LEARNING_RATE = 6e-3
CHECKPOINTS = (0, 20, 100, 250, 500, 800, N_STEPS)  # steps after which the model is saved
EVALUATE_EVERY = 50  # steps
SEED = 336
_HELD_OUT = 20  # one token of as many, at the end of each text, is for validation
_EVALUATION_BATCHES = 4  # per text
_VERSE = re.compile(r"(?<=[a-z,;:'’])\n(?=\S)")  # the end of a line within a sentence


@dataclass(frozen=True)
class Evaluation:
    """The model after some steps. Losses are in nats per token.

    Attributes:
        step: how many steps it was trained for.
        train_loss: the mean loss over the steps since the last evaluation; NaN before the first.
        validation_losses: the mean loss on the held-out part of each text, by its name.
        model: the model itself, which the next step changes.

    """

    step: int
    train_loss: float
    validation_losses: dict[str, float]
    model: LanguageModel


def texts() -> dict[str, str]:
    """Return what the model reads: the stories, and the plays with their verses as sentences."""
    chosen = [text for title, text in plays().items() if title in PLAYS]
    return {
        "stories": "\n".join(stories(N_STORIES)),
        "plays": _VERSE.sub(" ", "\n\n".join(chosen)),
    }


def train_small_model(
    tokens: Mapping[str, Tensor], config: ModelConfig = CONFIG, n_steps: int = N_STEPS
) -> Iterator[Evaluation]:
    """Train a model on the ids of several texts; yield it before the first and at regular steps.

    The same tokens give the same model on the same machine. PyTorch's random state is left as it
    was.
    """
    ends = {name: len(ids) - len(ids) // _HELD_OUT for name, ids in tokens.items()}
    held_out = {
        name: list(islice(_batches(ids[ends[name] :], config), _EVALUATION_BATCHES))
        for name, ids in tokens.items()
    }
    model = build_small_model(config)
    yield Evaluation(0, math.nan, _evaluate(model, held_out), model)
    losses = []
    for step in train_steps(
        model,
        _batches(torch.cat([ids[: ends[name]] for name, ids in tokens.items()]), config),
        Muon(parameter_groups(model, 0.1, has_muon=True), LEARNING_RATE, match_adamw=True),
        n_steps=n_steps,
        schedule=build_schedule(
            "cosine", LEARNING_RATE, n_steps, min_lr=LEARNING_RATE / 10, warmup=n_steps // 25
        ),
        max_norm=1.0,
    ):
        losses.append(step.loss)
        if step.number in CHECKPOINTS or step.number % EVALUATE_EVERY == 0:
            yield Evaluation(step.number, fmean(losses), _evaluate(model, held_out), model)
            losses.clear()


@torch.no_grad()
def build_small_model(config: ModelConfig = CONFIG) -> LanguageModel:
    """Return the model before training.

    Its embeddings are as long as what a block adds, or shorter ones would drown in the first
    additions, and the model would take much longer to find out that attention is useful.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        model = LanguageModel(config)
        truncated_normal(model.embedding.weight, config.d_model**-0.5)
    for name, parameter in model.named_parameters():
        if role_of(name, parameter) == "residual":
            parameter.mul_(0.2)
    return model


@torch.no_grad()
def _evaluate(model: LanguageModel, held_out: Mapping[str, list[Batch]]) -> dict[str, float]:
    """Return the mean loss on each text."""
    return {
        name: fmean(cross_entropy(model(batch.inputs), batch.targets).item() for batch in batches)
        for name, batches in held_out.items()
    }


def _batches(tokens: Tensor, config: ModelConfig) -> Iterator[Batch]:
    return random_batches(tokens, BATCH_SIZE, config.context_length, seed=SEED)
