"""Beam search on the tiny random model of `golden_transformer`: every candidate of every step."""

from __future__ import annotations

import math
from typing import Any

import torch

from cs336_core.inference.beam_search import Tokens, beam_steps
from cs336_core.inference.packed import pack
from tests.js.golden_transformer import random_model, unpacked

DECIMALS = 6
PROMPTS = ([259, 258, 32, 99], [116], [5, 6])


def golden_beam_search() -> list[dict[str, Any]]:
    """Return the steps of searches with several widths after each of a few prompts."""
    model = unpacked(pack(random_model(), {}))
    cases = []
    for prompt in PROMPTS:

        @torch.no_grad()
        def next_probs(tokens: Tokens, prompt: list[int] = prompt) -> dict[int | str, float]:
            logits = model(torch.tensor([[*prompt, *map(int, tokens)]]))[0, -1]
            return dict(enumerate(logits.softmax(-1).tolist()))

        for width in (1, 3, 4):
            steps = [
                [
                    [list(each.beam.tokens), _rounded(each.beam.log_prob), each.parent, each.rank]
                    for each in step
                ]
                for step in beam_steps(next_probs, width, 5)
            ]
            cases.append({"prompt": prompt, "width": width, "steps": steps})
    return cases


def _rounded(log_prob: float) -> float:
    assert math.isfinite(log_prob)
    return round(log_prob, DECIMALS)
