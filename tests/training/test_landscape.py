"""The map of a loss, and optimizers on it."""

from __future__ import annotations

import pytest
import torch

from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.losses import cross_entropy
from cs336_core.training.landscape import Landscape, scale_surface


def bowl(n: int = 21) -> Landscape:
    """A parabola, which the surface through its points reproduces inside."""
    axis = torch.linspace(-1, 1, n, dtype=torch.float64)
    return Landscape(10 * axis.square() + axis.square()[:, None], -1, 1)


def test_the_map_at_one_is_the_model_and_at_zero_a_uniform_guess() -> None:
    torch.manual_seed(0)
    config = ModelConfig(vocab_size=7, context_length=8, n_layers=2, d_model=16, n_heads=2)
    model = LanguageModel(config)
    ids = torch.randint(7, (2, 9))
    inputs, targets = ids[:, :-1], ids[:, 1:]
    before = [p.detach().clone() for p in model.parameters()]
    losses = scale_surface(model, inputs, targets, torch.tensor([0.0, 1.0]))
    with torch.no_grad():
        assert losses[1, 1] == pytest.approx(cross_entropy(model(inputs), targets).item())
    assert losses[:, 0].tolist() == pytest.approx([torch.log(torch.tensor(7.0)).item()] * 2)
    assert losses[0, 1] != losses[1, 1]
    assert all(map(torch.equal, before, model.parameters()))


def test_the_surface_is_exact_on_a_parabola() -> None:
    x, y = torch.tensor([0.33, -0.41], dtype=torch.float64, requires_grad=True).unbind()
    loss = bowl().loss(x, y)
    assert loss.item() == pytest.approx(10 * 0.33**2 + 0.41**2)
    gradients = torch.autograd.grad(loss, (x, y))
    assert [g.item() for g in gradients] == pytest.approx([20 * 0.33, -2 * 0.41])


def test_optimizers_descend_as_pytorchs_do() -> None:
    settings = {"x": 0.5, "y": 0.6, "lr": 0.03, "momentum": 0.8}
    for method, build in {
        "sgd": lambda p: torch.optim.SGD(p, lr=0.03),
        "momentum": lambda p: torch.optim.SGD(p, lr=0.03, momentum=0.8),
        "adamw": lambda p: torch.optim.Adam(p, lr=0.03, betas=(0.8, 0.999)),
    }.items():
        point = torch.tensor([0.5, 0.6], dtype=torch.float64, requires_grad=True)
        optimizer = build([point])
        for here in bowl().descend(method, **settings, n_steps=20):  # type: ignore[arg-type]
            assert [here.x, here.y] == pytest.approx(point.tolist(), abs=1e-9)
            optimizer.zero_grad()
            (10 * point[0] ** 2 + point[1] ** 2).backward()
            optimizer.step()


def test_a_path_ends_at_the_edge_of_the_map() -> None:
    settings = {"x": 0.5, "y": 0.0, "momentum": 0.0, "n_steps": 9}
    assert len(list(bowl().descend("sgd", lr=0.3, **settings))) == 1  # type: ignore[arg-type]
    assert len(list(bowl().descend("sgd", lr=0.01, **settings))) == 10  # type: ignore[arg-type]
