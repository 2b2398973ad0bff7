"""Our optimizers take the steps of PyTorch's, on parameters of several shapes and groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from cs336_core.training.errors import TrainingError
from cs336_core.training.optimizers import SGD, AdamW

Build = Callable[[list[Tensor]], torch.optim.Optimizer]


def parameters() -> list[Tensor]:
    generator = torch.Generator().manual_seed(336)
    shapes = [(4, 3), (3,), ()]
    return [
        torch.randn(shape, generator=generator, dtype=torch.float64).requires_grad_()
        for shape in shapes
    ]


def descend(build: Build, n_steps: int = 30) -> list[Tensor]:
    """Minimize a bent valley, whose gradients differ in size by a factor of thousands."""
    params = parameters()
    optimizer = build(params)
    for _ in range(n_steps):
        optimizer.zero_grad()
        matrix, vector, scalar = params
        loss = (matrix @ vector - scalar).square().sum() + 1000 * (vector**4).sum() + scalar.cos()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return [param.detach() for param in params]


def assert_equal(ours: Build, theirs: Build) -> None:
    for mine, other in zip(descend(ours), descend(theirs), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"momentum": 0.9},
        {"momentum": 0.9, "nesterov": True},
        {"momentum": 0.5, "weight_decay": 0.1},
    ],
)
def test_sgd_is_that_of_pytorch(options: dict[str, Any]) -> None:
    assert_equal(
        lambda params: SGD(params, 1e-5, **options),
        lambda params: torch.optim.SGD(params, 1e-5, **options),
    )


@pytest.mark.parametrize(
    "options",
    [{}, {"betas": (0.8, 0.95), "eps": 1e-3}, {"weight_decay": 0.0}, {"weight_decay": 0.3}],
)
def test_adamw_is_that_of_pytorch(options: dict[str, Any]) -> None:
    assert_equal(
        lambda params: AdamW(params, 1e-2, **options),
        lambda params: torch.optim.AdamW(params, 1e-2, **options),
    )


def test_groups_have_their_own_options() -> None:
    def grouped(kind: type[torch.optim.Optimizer]) -> Build:
        return lambda params: kind(
            [{"params": params[:1]}, {"params": params[1:], "lr": 1e-3, "weight_decay": 0.0}],
            lr=1e-2,
            weight_decay=0.5,
        )

    assert_equal(grouped(AdamW), grouped(torch.optim.AdamW))


class _AdamThenDecay(torch.optim.Adam):
    """PyTorch's Adam, after which each parameter shrinks: the course's 2025 order."""

    def step(self, closure: Any = None) -> None:
        super().step(closure)
        with torch.no_grad():
            for parameter in self.param_groups[0]["params"]:
                parameter.mul_(1 - 1e-2 * 0.3)


def test_decay_after_the_update_shrinks_the_update_too() -> None:
    def after(params: list[Tensor]) -> torch.optim.Optimizer:
        return AdamW(params, 1e-2, weight_decay=0.3, decay="after")

    assert_equal(after, lambda params: _AdamThenDecay(params, 1e-2))
    before = descend(lambda params: AdamW(params, 1e-2, weight_decay=0.3))
    assert not torch.equal(before[0], descend(after)[0])


def test_parameters_without_a_gradient_stay() -> None:
    used, unused = parameters()[:2]
    before = unused.detach().clone()
    optimizer = AdamW([used, unused], 0.1, weight_decay=0.5)
    used.sum().backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    assert torch.equal(unused, before)


def test_state_is_restored() -> None:
    def interrupted(params: list[Tensor]) -> torch.optim.Optimizer:
        first = AdamW(params, 1e-2)
        sum(param.sum() for param in params).backward()  # type: ignore[union-attr]
        first.step()
        second = AdamW(params, 1.0)
        second.load_state_dict(first.state_dict())
        return second

    def whole(params: list[Tensor]) -> torch.optim.Optimizer:
        optimizer = AdamW(params, 1e-2)
        sum(param.sum() for param in params).backward()  # type: ignore[union-attr]
        optimizer.step()
        return optimizer

    for one, other in zip(descend(interrupted), descend(whole), strict=True):
        assert torch.equal(one, other)


def test_a_closure_computes_the_loss_and_its_gradient() -> None:
    x = torch.tensor([3.0], requires_grad=True)

    def closure() -> float:
        loss = x.square().sum()
        loss.backward()
        return loss.item()

    assert SGD([x], 0.5).step(closure) == 9.0
    assert x.item() == 0.0


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda params: AdamW(params, -1.0), "lr is -1.0"),
        (lambda params: AdamW(params, betas=(0.9, 1.0)), r"betas\[1\] is 1.0"),
        (lambda params: AdamW(params, decay="later"), "decay is 'later'"),
        (lambda params: SGD(params, momentum=1.5), "momentum is 1.5"),
        (lambda params: SGD(params, nesterov=True), "pass a momentum"),
    ],
)
def test_unusable_options_are_refused(build: Build, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        build(parameters())
