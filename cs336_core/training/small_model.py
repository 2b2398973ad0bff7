"""The small model that runs in pages: about 270,000 parameters that have read Shakespeare's plays.

Training takes about a minute and a half on one core. The plays do not change with the site, so the
model is trained once. Its checkpoints show a model as it learns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from statistics import fmean

import torch

from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.losses import cross_entropy
from cs336_core.texts.shakespeare import plays
from cs336_core.tokenization import BPETokenizer, train
from cs336_core.training.batches import Batch, Tokens, random_batches
from cs336_core.training.loop import train_steps
from cs336_core.training.optimizers import AdamW
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
N_STEPS = 1400
BATCH_SIZE = 16
LEARNING_RATE = 4e-3
CHECKPOINTS = (0, 10, 50, 150, 400, 800, N_STEPS)  # steps after which the model is saved
EVALUATE_EVERY = 50  # steps
SEED = 336
_HELD_OUT = 20  # one token of as many, the end of the last plays, is for validation
_EVALUATION_BATCHES = 8


@dataclass(frozen=True)
class Evaluation:
    """The model after some steps.

    Attributes:
        step: how many steps it was trained for.
        train_loss: the mean loss over the steps since the last evaluation, in nats per token;
            before the first step, the validation loss.
        validation_loss: the mean loss on text that it has not read, in nats per token.
        model: the model itself, which the next step changes.

    """

    step: int
    train_loss: float
    validation_loss: float
    model: LanguageModel


def small_tokenizer() -> BPETokenizer:
    """Train the tokenizer of the small model on the plays."""
    return BPETokenizer(train(plays().values(), CONFIG.vocab_size, num_workers=1))


def train_small_model(
    tokens: Tokens, config: ModelConfig = CONFIG, n_steps: int = N_STEPS
) -> Iterator[Evaluation]:
    """Train a model on the ids of a text; yield it before the first step and at regular steps.

    The same tokens give the same model on the same machine. PyTorch's random state is left as it
    was.
    """
    end = len(tokens) - len(tokens) // _HELD_OUT
    held_out = list(islice(_batches(tokens[end:], config), _EVALUATION_BATCHES))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        model = LanguageModel(config)
    before = evaluate(model, held_out)
    yield Evaluation(0, before, before, model)
    losses = []
    for step in train_steps(
        model,
        _batches(tokens[:end], config),
        _optimizer(model),
        n_steps=n_steps,
        schedule=build_schedule(
            "cosine", LEARNING_RATE, n_steps, min_lr=LEARNING_RATE / 10, warmup=n_steps // 25
        ),
        max_norm=1.0,
    ):
        losses.append(step.loss)
        if step.number in CHECKPOINTS or step.number % EVALUATE_EVERY == 0:
            yield Evaluation(step.number, fmean(losses), evaluate(model, held_out), model)
            losses.clear()


@torch.no_grad()
def evaluate(model: LanguageModel, batches: list[Batch]) -> float:
    """Return the mean loss over batches, in nats per token."""
    return fmean(cross_entropy(model(batch.inputs), batch.targets).item() for batch in batches)


def _batches(tokens: Tokens, config: ModelConfig) -> Iterator[Batch]:
    return random_batches(tokens, BATCH_SIZE, config.context_length, seed=SEED)


def _optimizer(model: LanguageModel) -> AdamW:
    """Return AdamW that decays matrices and leaves the gains of norms alone."""
    parameters = list(model.parameters())
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": 0.1},
        {"params": [p for p in parameters if p.ndim == 1], "weight_decay": 0.0},
    ]
    return AdamW(groups, LEARNING_RATE, betas=(0.9, 0.95))
