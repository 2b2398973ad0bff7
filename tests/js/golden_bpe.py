"""Texts, and every step of training BPE on them."""

from __future__ import annotations

import random
from typing import Any

from cs336_core.tokenization import bpe_steps

ALPHABETS = ["ab", "abc ", "the cat in hat", "éü猫🐈 a"]


def golden_bpe() -> list[dict[str, Any]]:
    """Return texts with every step of their training, the same ones each time."""
    rng = random.Random(336)
    texts = ["the cat in the hat", "aaaaaaa", "", "a", "猫猫猫", "abababab"]
    for _ in range(80):
        alphabet = rng.choice(ALPHABETS)
        texts.append("".join(rng.choices(alphabet, k=rng.randint(0, 30))))
    return [{"text": text, "steps": [as_json(s) for s in bpe_steps(text, 6)]} for text in texts]


def as_json(step: Any) -> dict[str, Any]:
    """Return a step as JSON holds it."""
    return {
        "pair": step.pair,
        "counts": [[*pair, count] for pair, count in step.counts.items()],
        "token": list(step.new_token),
        "after": step.after,
    }
