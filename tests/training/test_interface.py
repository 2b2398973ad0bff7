"""The package's public names exist, and the course's assignments find their counterparts."""

from __future__ import annotations

import inspect

import pytest

from cs336_core import training


def test_public_names_exist() -> None:
    assert all(hasattr(training, name) for name in training.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Adam'"):
        training.Adam  # noqa: B018


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("cosine_schedule", ["it", "max_lr", "min_lr", "warmup", "cosine"]),
        ("clip_gradients", ["parameters", "max_norm"]),
        ("get_batch", ["dataset", "batch_size", "context_length", "device"]),
        ("save_checkpoint", ["model", "optimizer", "iteration", "out"]),
        ("load_checkpoint", ["src", "model", "optimizer"]),
    ],
)
def test_signatures_are_those_of_the_assignment(name: str, parameters: list[str]) -> None:
    signature = inspect.signature(getattr(training, name))
    positional = [
        parameter.name
        for parameter in signature.parameters.values()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    assert positional == parameters
