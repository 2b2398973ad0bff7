"""Conventions that contradict themselves raise before anything is counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cs336_core.accounting import (
    FORWARD,
    TRAINING,
    AccountingError,
    Conventions,
    training_flops_per_token,
)
from tests.accounting.models import SMALL


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"unit": "flop"}, "unit is 'flop'; it must be one of 'FLOP', 'MAC'"),
        ({"pairs": "causal"}, "pairs is 'causal'; it must be one of 'all', 'attended'"),
        ({"logits": "first"}, "logits is 'first'; it must be one of 'all', 'last'"),
        ({"work": "inference"}, "work is 'inference'"),
        ({"work": ["forward"]}, "work is ['forward']"),
        ({"recompute": "some"}, "recompute is 'some'"),
        ({"recompute": "full"}, "recompute is 'full' and work is 'forward'"),
        ({"head": "no"}, "head is 'no'; it must be True or False"),
        ({"elementwise": None}, "elementwise is None; it must be True or False"),
        ({"fused_attention": 0}, "fused_attention is 0; it must be True or False"),
        ({"unit": "MAC", "elementwise": True}, "pass unit='FLOP' or elementwise=False"),
    ],
)
def test_invalid_conventions_raise(given: dict[str, Any], message: str) -> None:
    with pytest.raises(AccountingError) as caught:
        Conventions(**given)
    assert message in str(caught.value)
    with pytest.raises(AccountingError) as caught:
        replace(FORWARD, **given)
    assert message in str(caught.value)


def test_training_flops_need_training_conventions() -> None:
    for conventions, message in (
        (FORWARD, "conventions count forward work in FLOPs"),
        (replace(TRAINING, unit="MAC"), "conventions count training work in MACs"),
        ("attended", "conventions is 'attended'; pass Conventions"),
    ):
        with pytest.raises(AccountingError, match=message):
            training_flops_per_token(SMALL, 8, conventions)  # type: ignore[arg-type]
