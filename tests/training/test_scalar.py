"""The GPT in numbers is `LanguageModel` in 64 bits, to nine decimals."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.losses import cross_entropy
from cs336_core.training.errors import TrainingError
from cs336_core.training.scalar import (
    GPT,
    Adam,
    Sizes,
    Value,
    Vocabulary,
    dot,
    loss_of,
    sample,
    total,
    train,
)

NAMES = ["anna", "hanna", "nah", "ana"]
SIZES = Sizes(vocab_size=4, context_length=6, n_layers=2, d_model=8, n_heads=2)


def as_tensors(model: GPT, attribute: str = "data") -> dict[str, Tensor]:
    """Return the numbers of a model, or their derivatives, by our `LanguageModel`'s names."""
    matrices = {
        "embedding.weight": model.token_embedding,
        "positions.table.weight": model.position_embedding,
        "lm_head.weight": model.head,
    }
    for i, block in enumerate(model.blocks):
        for name in ("query", "key", "value", "output"):
            matrices[f"blocks.{i}.attention.{name}.weight"] = getattr(block, name)
        for name in ("up", "down"):
            matrices[f"blocks.{i}.feed_forward.{name}.weight"] = getattr(block, name)
    return {
        name: torch.tensor(
            [[getattr(x, attribute) for x in row] for row in matrix], dtype=torch.float64
        )
        for name, matrix in matrices.items()
    }


def twin(model: GPT) -> LanguageModel:
    """Return a `LanguageModel` with the same parameters; its norms have gains of 1."""
    sizes = model.sizes
    config = ModelConfig(
        vocab_size=sizes.vocab_size,
        context_length=sizes.context_length,
        n_layers=sizes.n_layers,
        d_model=sizes.d_model,
        n_heads=sizes.n_heads,
        activation="relu",
        positions="learned",
    )
    other = LanguageModel(config).double()
    missing, unexpected = other.load_state_dict(as_tensors(model), strict=False)
    assert all("norm" in name for name in missing)
    assert not unexpected
    return other


def test_losses_gradients_and_updates_are_those_of_torch() -> None:
    vocabulary = Vocabulary(NAMES)
    model = GPT(SIZES, random.Random(1))
    other = twin(model)
    matrices = [parameter for parameter in other.parameters() if parameter.ndim == 2]
    ours = Adam(model.parameters(), 0.05)
    theirs = torch.optim.Adam(matrices, 0.05, ours.betas, ours.eps)
    for text in [*NAMES, *NAMES]:
        ids = vocabulary.encode(text)[: SIZES.context_length + 1]
        loss = loss_of(model, ids)
        loss.backward()
        row = torch.tensor([ids])
        peer = cross_entropy(other(row[:, :-1]), row[:, 1:])
        theirs.zero_grad()
        peer.backward()
        assert loss.data == pytest.approx(peer.item(), abs=1e-9)
        parameters = dict(other.named_parameters())
        for name, gradient in as_tensors(model, "grad").items():
            torch.testing.assert_close(gradient, parameters[name].grad, rtol=0, atol=1e-9)
        ours.step()
        theirs.step()
        for name, matrix in as_tensors(model).items():
            torch.testing.assert_close(matrix, parameters[name].detach(), rtol=0, atol=1e-9)


def test_derivatives_are_differences() -> None:
    def compute(numbers: list[float]) -> tuple[Value, list[Value]]:
        values = x, y, z = [Value(number) for number in numbers]
        products = dot([x, y, x], [y, z, x])
        return total([products.exp() * 0.1, (x * y).log(), z.relu() ** 3, y + 2.0, x * x]), values

    point = [0.7, 1.3, 0.4]
    result, values = compute(point)
    result.backward()
    for i, value in enumerate(values):
        up, down = ([n + (h if j == i else 0) for j, n in enumerate(point)] for h in (1e-6, -1e-6))
        difference = (compute(up)[0].data - compute(down)[0].data) / 2e-6
        assert value.grad == pytest.approx(difference, rel=1e-6)


def test_long_sums_need_no_deep_recursion() -> None:
    x = value = Value(1.0)
    for _ in range(5000):
        value = value + x
    value.backward()
    assert x.grad == 5001


def test_training_learns_the_names() -> None:
    sizes = replace(SIZES, n_layers=1)
    steps = list(train(NAMES, n_steps=100, learning_rate=0.03, sizes=sizes, seed=3))
    assert steps[0].loss == pytest.approx(math.log(4), abs=0.2)
    assert sum(step.loss for step in steps[-10:]) / 10 < 0.6
    assert [step.number for step in steps] == list(range(1, 101))
    model, vocabulary = steps[-1].model, steps[-1].vocabulary
    texts = {"".join(sample(model, vocabulary, random.Random(i))) for i in range(10)}
    assert len(set(NAMES) & texts) >= 2
    greedy = {
        "".join(sample(model, vocabulary, random.Random(i), temperature=0.01)) for i in range(3)
    }
    assert len(greedy) == 1


def test_the_same_seed_gives_the_same_losses() -> None:
    once, again = (
        [step.loss for step in train(NAMES, n_steps=9, sizes=SIZES, seed=5)] for _ in range(2)
    )
    assert once == again


def test_no_text_is_refused() -> None:
    with pytest.raises(TrainingError, match="no text to learn from"):
        next(train(["", ""]))


def test_an_unknown_character_is_an_error() -> None:
    with pytest.raises(ValueError, match="'z'"):
        Vocabulary(NAMES).encode("zana")
