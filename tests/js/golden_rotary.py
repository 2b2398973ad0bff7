"""What `Rotary` makes of queries and keys, for the rotary dial."""

from __future__ import annotations

import random
from typing import Any

import torch
from torch import Tensor

from cs336_core.model.positions import Rotary

# Sines of large angles differ in the last bits from one library to the next.
DIGITS = 9


def golden_rotary() -> list[dict[str, Any]]:
    """Return queries and keys at their positions, rotated, and their score pair by pair."""
    rng = random.Random(2104)
    cases = []
    for _ in range(200):
        d = 2 * rng.randint(1, 4)
        theta = rng.choice([1, 100, 10_000, 500_000, 100_000_000])
        vectors = [[round(rng.uniform(-3, 3), 3) for _ in range(d)] for _ in range(2)]
        positions = [rng.choice([0, rng.randint(0, 9), rng.randint(0, 1023)]) for _ in range(2)]
        rotary = Rotary(d, theta=float(theta))
        query, key = rotary(torch.tensor(vectors, dtype=torch.float64), torch.tensor(positions))
        products = (query * key).unflatten(-1, (-1, 2)).sum(-1)
        cases.append(
            {
                "vectors": vectors,
                "positions": positions,
                "theta": theta,
                "rotated": [rounded(query), rounded(key)],
                "products": rounded(products),
            }
        )
    return cases


def rounded(numbers: Tensor) -> list[float]:
    """Return numbers as a golden file holds them."""
    return [round(number, DIGITS) + 0.0 for number in numbers.tolist()]
