"""The distribution of the next token, for the bars of its probabilities."""

from __future__ import annotations

import math
import random
from typing import Any

import torch

from cs336_core.inference import Sampling

DIGITS = 9  # exponentials differ in the last bits from one library to the next


def golden_sampling() -> list[dict[str, Any]]:
    """Return logits and settings with the distribution, and its entropy in bits."""
    numbers = random.Random(336)
    cases = []
    for _ in range(120):
        logits = [round(numbers.gauss(0, 3), 3) for _ in range(numbers.randint(2, 40))]
        setting = {
            "temperature": numbers.choice([0, 0.3, 1, 1, 1.7]),
            "top_k": numbers.choice([None, None, 1, 5, 60]),
            "top_p": numbers.choice([1.0, 0.95, 0.5, 0.01]),
            "min_p": numbers.choice([0.0, 0.0, 0.05, 1.0]),
        }
        tensor = torch.tensor([logits], dtype=torch.float64)
        probs = Sampling(**setting).probs(tensor)[0].tolist()
        cases.append(
            {
                "logits": logits,
                **setting,
                "probs": [round(prob, DIGITS) for prob in probs],
                "entropy": round(-math.fsum(p * math.log2(p) for p in probs if p) + 0.0, DIGITS),
            }
        )
    return cases
