"""Attention of small heads with every mask, computed in Python, for the attention explorer."""

from __future__ import annotations

import itertools
import math
import random
from typing import Any

import torch
from torch import Tensor

from cs336_core.model.attention import scaled_dot_product_attention
from cs336_core.model.masks import causal_mask, padding_mask, prefix_mask, window_mask

DECIMALS = 8
SIZES = [(1, 1, 1), (2, 3, 1), (5, 4, 3), (7, 2, 5), (10, 8, 2), (24, 16, 2)]  # tokens, d, d_v


def heads(rng: random.Random) -> list[dict[str, Any]]:
    """Return queries, keys and values, among them heads with huge and with equal scores."""
    all_heads = []
    for (n, d, d_v), std in itertools.product(SIZES, (1, 30)):
        q, k, v = (
            [[round(rng.gauss(0, std), 3) for _ in range(width)] for _ in range(n)]
            for width in (d, d, d_v)
        )
        all_heads.append({"q": q, "k": k, "v": v})
    largest = [[1000.0] * 16, [-1000.0] * 16, [1000.0] * 16]
    all_heads.append({"q": largest, "k": largest, "v": [[1.0], [2.0], [3.0]]})
    all_heads.append({"q": [[0.0]] * 3, "k": [[0.0]] * 3, "v": [[1.0], [2.0], [4.0]]})
    return all_heads


def settings(rng: random.Random, n: int) -> list[dict[str, Any]]:
    """Return every mask with and without padding, at random temperatures."""
    combinations = [
        {"mask": mask, "window": window, "prefix": prefix, "padding": padding}
        for mask, window, prefix in (
            ("none", 1, 1),
            ("causal", 1, 1),
            ("window", 1, 1),
            ("window", min(3, n), 1),
            ("prefix", 1, rng.randint(1, n)),
        )
        for padding in (0, min(2, n))
    ]
    combinations.append({"mask": "causal", "window": 1, "prefix": 1, "padding": n})
    return [
        setting
        | {"temperature": rng.choice([0.1, 0.5, 1, 1, 2.3, 5]), "scaled": rng.random() < 0.8}
        for setting in combinations
    ]


def allowed(n: int, chosen: dict[str, Any]) -> Tensor:
    """Return the mask, true where a query may attend to a key."""
    mask = {
        "none": lambda: torch.ones(n, n, dtype=torch.bool),
        "causal": lambda: causal_mask(n),
        "window": lambda: window_mask(n, chosen["window"]),
        "prefix": lambda: prefix_mask(n, chosen["prefix"]),
    }[chosen["mask"]]()
    return mask & padding_mask(torch.tensor([n - chosen["padding"]]), n)[0, 0]


def attended(head: dict[str, Any], chosen: dict[str, Any]) -> dict[str, Any]:
    """Return the settings with the resulting weights and outputs."""
    q, k, v = (torch.tensor(head[name], dtype=torch.float64) for name in "qkv")
    n, d = q.shape
    scale = 1 / (chosen["temperature"] * (math.sqrt(d) if chosen["scaled"] else 1))
    mask = allowed(n, chosen)
    weights, outputs = (
        scaled_dot_product_attention(q, k, values, mask, scale=scale)
        for values in (torch.eye(n, dtype=torch.float64), v)
    )
    return chosen | {"weights": rounded(weights), "outputs": rounded(outputs)}


def rounded(x: Tensor) -> list[list[float]]:
    """Return numbers with a few more digits than the test compares."""
    return [[round(number, DECIMALS) + 0.0 for number in row] for row in x.tolist()]


def golden_attention() -> list[dict[str, Any]]:
    """Return every case, deterministically."""
    rng = random.Random(2017)
    heads_with_cases = []
    for head in heads(rng):
        every = settings(rng, len(head["q"]))
        chosen = rng.sample(every, 4) if len(head["q"]) > 10 else every
        heads_with_cases.append(head | {"cases": [attended(head, setting) for setting in chosen]})
    return heads_with_cases
